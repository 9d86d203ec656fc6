import { randomUUID } from 'node:crypto';
import { InvokeCommand } from '@aws-sdk/client-lambda';
import { type Cloud } from '../../local/core/cloud';
import { DURABLE_FUNCTIONS } from '../../local/durable-functions/plugin';
import { durableClient, follow } from './durable-client';
import { type CallbackAnswer, type DurableEngine, type Played } from './played';

export interface LocalEngine extends DurableEngine {
  /** Follows an execution that was started. */
  follow(arn: string, answer?: CallbackAnswer): Promise<Played>;
}

/**
 * The local run's own engine.
 *
 * @param leap seconds that the clock is moved by whenever every execution waits
 */
export function localEngine(cloud: Cloud, leap: number): LocalEngine {
  const client = durableClient(cloud.urls['aws']!);
  const executions = cloud.get(DURABLE_FUNCTIONS);

  function leapIfIdle(): void {
    const running = executions.list().filter((execution) => execution.running);
    const isBusy = running.some(({ invocation, untold }) => invocation ?? untold.size > 0);
    if (running.length > 0 && !isBusy) cloud.clock.advance(leap);
  }

  const followHere = (arn: string, answer?: CallbackAnswer) =>
    follow(client, arn, { answer, meanwhile: leapIfIdle });

  return {
    follow: followHere,
    async play({ functionName, input, answer }) {
      const { DurableExecutionArn } = await client.send(
        new InvokeCommand({
          ...{ FunctionName: `${functionName}:live`, InvocationType: 'Event' },
          DurableExecutionName: randomUUID(),
          Payload: JSON.stringify(input),
        }),
      );
      return followHere(DurableExecutionArn!, answer);
    },
    close: async () => client.destroy(),
  };
}
