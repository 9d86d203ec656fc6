import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  GetDurableExecutionCommand,
  InvokeCommand,
  type InvokeCommandInput,
  type LambdaClient,
} from '@aws-sdk/client-lambda';
import { type Cloud, type CloudOptions, startCloud } from '../../local/core/cloud';
import { configure } from '../../local/core/plugin';
import { DURABLE_FUNCTIONS } from '../../local/durable-functions/plugin';
import { LAMBDA } from '../../local/lambda/plugin';
import { type FunctionPool } from '../../local/lambda/function-pool';
import { WITHOUT_EFFECT } from '../../local/without-effect/plugin';
import { eventually } from '../../harness/eventpro-client';
import { durableClient, historyOf } from './durable-client';
import { localEngine, type LocalEngine } from './local-engine';
import { type CallbackAnswer, type Played } from './played';
import { type PatternEvent } from './functions/patterns';
import { STAGE, synthesize } from './synthesized-functions';

export interface DurableCloudOptions extends Partial<
  Pick<CloudOptions, 'redirect' | 'dataDirectory' | 'plugins'>
> {
  readonly around?: (invoke: FunctionPool['invoke']) => FunctionPool['invoke'];
}

/** Lambda, by default alone, with the functions of the tests, and a real client of it. */
export class DurableCloud {
  private constructor(
    readonly cloud: Cloud,
    readonly client: LambdaClient,
    private readonly engine: LocalEngine,
    private readonly effectsFile: string,
  ) {}

  /** @param directory where `prepare` has synthesised the functions */
  static async start(directory: string, options: DurableCloudOptions = {}): Promise<DurableCloud> {
    const { around, ...rest } = options;
    const cloud = await startCloud({
      ...{
        assemblyDirectory: join(directory, 'cdk.out'),
        stage: STAGE,
        plugins: [DURABLE_FUNCTIONS, WITHOUT_EFFECT],
      },
      settings: [configure(LAMBDA, { around })],
      ...rest,
    });
    const client = durableClient(cloud.urls['aws']!);
    return new DurableCloud(cloud, client, localEngine(cloud, 3_601), join(directory, 'effects'));
  }

  /** The name that the deployment gives a function; one that is not there keeps its own. A version stays. */
  nameOf(target: string): string {
    const [id, ...version] = target.split(':');
    const name = this.cloud.outputs.get(`${STAGE}-Stack`)![`${id}Name`] as string | undefined;
    return [name ?? id, ...version].join(':');
  }

  /** The event as the function gets it: the targets have other names there. */
  inputOf(event: PatternEvent): PatternEvent {
    return event.target === undefined ? event : { ...event, target: this.nameOf(event.target) };
  }

  get executions() {
    return this.cloud.get(DURABLE_FUNCTIONS);
  }

  /** Forgets effects and deaths, and plans deaths: `after charge`. */
  plan(...deaths: readonly string[]): void {
    planDeaths(this.effectsFile, deaths);
  }

  /** How often each effect was done. */
  effects(): Record<string, number> {
    return effectsIn(this.effectsFile);
  }

  /** Starts an execution, and answers its ARN. */
  async begin(event: PatternEvent, input: Partial<InvokeCommandInput> = {}): Promise<string> {
    const { DurableExecutionArn } = await this.client.send(
      new InvokeCommand({
        ...{ FunctionName: `${this.nameOf('Long')}:live`, InvocationType: 'Event' },
        Payload: JSON.stringify(this.inputOf(event)),
        ...input,
      }),
    );
    return DurableExecutionArn!;
  }

  /** What an execution has ended with. */
  async ended(DurableExecutionArn: string) {
    return eventually(async () => {
      const execution = await this.client.send(new GetDurableExecutionCommand({ DurableExecutionArn }));
      return execution.Status === 'RUNNING' ? undefined : execution;
    }, 'the end of the execution');
  }

  /** Runs an execution to its end; moves the clock when there is nothing else to do. */
  async play(event: PatternEvent, answer?: CallbackAnswer): Promise<Played> {
    return this.engine.follow(await this.begin(event), answer);
  }

  /** The same, and what it comes to. */
  async run(event: PatternEvent): Promise<unknown> {
    const { result, error } = await this.play(event);
    return error ? { error } : JSON.parse(result ?? 'null');
  }

  /** Moves the clock by an hour each time that all executions wait, until this one has ended. */
  async advanced(arn: string) {
    await this.engine.follow(arn);
    return this.ended(arn);
  }

  history(arn: string) {
    return historyOf(this.client, arn);
  }

  async close(): Promise<void> {
    this.client.destroy();
    await this.engine.close();
    await this.cloud.close();
  }
}

/** Synthesises the functions into a folder that lives as long as the file's tests. */
export function prepare(directory: string): void {
  mkdirSync(directory, { recursive: true });
  synthesize(directory, join(directory, 'effects'));
}

export function planDeaths(effectsFile: string, deaths: readonly string[]): void {
  writeFileSync(effectsFile, '');
  writeFileSync(`${effectsFile}.deaths`, JSON.stringify(deaths));
}

export function effectsIn(effectsFile: string): Record<string, number> {
  const counts: Record<string, number> = {};
  if (!existsSync(effectsFile)) return counts;
  for (const line of readFileSync(effectsFile, 'utf8').split('\n').filter(Boolean))
    counts[line] = (counts[line] ?? 0) + 1;
  return counts;
}
