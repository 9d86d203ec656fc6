import {
  GetDurableExecutionCommand,
  GetDurableExecutionHistoryCommand,
  type Event,
  LambdaClient,
  SendDurableExecutionCallbackFailureCommand,
  SendDurableExecutionCallbackSuccessCommand,
} from '@aws-sdk/client-lambda';
import { eventually } from '../../harness/eventpro-client';
import { LOCAL_CREDENTIALS, LOCAL_REGION } from '../../local/aws/aws-service';
import { type CallbackAnswer, type Played } from './played';

/** Longer than any execution of a comparison takes: 3,000 steps. */
const PATIENCE_MS = 180_000;

/** The SDK's client of a service that has durable executions. */
export function durableClient(endpoint: string): LambdaClient {
  return new LambdaClient({
    ...{ endpoint, region: LOCAL_REGION, credentials: LOCAL_CREDENTIALS, maxAttempts: 1 },
  });
}

/**
 * Follows an execution to its end.
 *
 * @param meanwhile called again and again while it runs
 */
export async function follow(
  client: LambdaClient,
  DurableExecutionArn: string,
  { answer, meanwhile }: { readonly answer?: CallbackAnswer; readonly meanwhile?: () => void },
): Promise<Played> {
  if (answer) await answerCallback(client, DurableExecutionArn, answer);
  const end = await eventually(
    async () => {
      const execution = await client.send(new GetDurableExecutionCommand({ DurableExecutionArn }));
      if (execution.Status !== 'RUNNING') return execution;
      meanwhile?.();
      return undefined;
    },
    'the end of the execution',
    PATIENCE_MS,
  );
  const events = await historyOf(client, DurableExecutionArn);
  return { status: end.Status, result: end.Result, error: end.Error, events };
}

/** All events of an execution, with their data. */
export async function historyOf(client: LambdaClient, DurableExecutionArn: string): Promise<Event[]> {
  const events: Event[] = [];
  let Marker: string | undefined;
  do {
    const page = await client.send(
      new GetDurableExecutionHistoryCommand({
        ...{ DurableExecutionArn, Marker, MaxItems: 1_000, IncludeExecutionData: true },
      }),
    );
    events.push(...(page.Events ?? []));
    Marker = page.NextMarker || undefined;
  } while (Marker);
  return events;
}

/** Answers when the function has said that it waits. */
async function answerCallback(client: LambdaClient, arn: string, answer: CallbackAnswer): Promise<void> {
  const CallbackId = await eventually(async () => {
    const events = await historyOf(client, arn);
    const waits = events.some(({ EventType }) => EventType === 'InvocationCompleted');
    return waits
      ? events.find(({ CallbackStartedDetails }) => CallbackStartedDetails)?.CallbackStartedDetails
          ?.CallbackId
      : undefined;
  }, 'somebody who is asked');
  if ('Result' in answer)
    await client.send(
      new SendDurableExecutionCallbackSuccessCommand({ CallbackId, Result: Buffer.from(answer.Result) }),
    );
  else await client.send(new SendDurableExecutionCallbackFailureCommand({ CallbackId, Error: answer.Error }));
}
