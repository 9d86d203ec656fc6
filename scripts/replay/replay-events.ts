import { setTimeout as delay } from 'node:timers/promises';
import {
  DescribeReplayCommand,
  type EventBridgeClient,
  ListArchivesCommand,
  ListRulesCommand,
  StartReplayCommand,
} from '@aws-sdk/client-eventbridge';
import { eventBusName } from '../../lib/event-bus/event-bus-name';

export interface ReplayOptions {
  readonly client: EventBridgeClient;
  readonly stage: string;
  readonly from: Date;
  readonly to: Date;
  /** @default all of them */
  readonly consumer?: string;
  readonly dryRun: boolean;
  readonly print: (line: string) => void;
}

const PAUSE_MS = 2_000;

/**
 * Replays the archive of the stage's bus, and waits for the end.
 *
 * @returns whether it was replayed
 * @throws Error when there is no such archive, or no such consumer
 */
export async function replayEvents(options: ReplayOptions): Promise<boolean> {
  const { client, stage, from, to, consumer, dryRun, print } = options;
  const bus = eventBusName(stage);
  const archive = await archiveOf(client, bus);
  const rule = consumer === undefined ? undefined : await ruleOf(client, bus, consumer);
  const whom = rule === undefined ? 'every consumer' : consumer;
  print(`${archive.name}, from ${from.toISOString()} to ${to.toISOString()}, to ${whom}`);
  if (dryRun) return true;

  const ReplayName = `${bus}-${Date.now()}`;
  await client.send(
    new StartReplayCommand({
      ...{ ReplayName, EventSourceArn: archive.arn, EventStartTime: from, EventEndTime: to },
      Destination: { Arn: archive.bus, ...(rule !== undefined && { FilterArns: [rule] }) },
    }),
  );
  for (;;) {
    const { State, StateReason } = await client.send(new DescribeReplayCommand({ ReplayName }));
    if (State === 'COMPLETED' || State === 'FAILED' || State === 'CANCELLED') {
      print(`${ReplayName} ${State}${StateReason ? `: ${StateReason}` : ''}`);
      return State === 'COMPLETED';
    }
    await delay(PAUSE_MS);
  }
}

async function archiveOf(client: EventBridgeClient, bus: string) {
  for (let NextToken: string | undefined; ;) {
    const page = await client.send(new ListArchivesCommand({ NextToken }));
    for (const { ArchiveName, EventSourceArn } of page.Archives ?? []) {
      if (!EventSourceArn?.endsWith(`:event-bus/${bus}`)) continue;
      const arn = EventSourceArn.replace(/:event-bus\/.*$/, `:archive/${ArchiveName}`);
      return { arn, name: ArchiveName!, bus: EventSourceArn };
    }
    NextToken = page.NextToken;
    if (!NextToken) throw new Error(`No archive of the bus ${bus} in this account and region`);
  }
}

/** CloudFormation makes a rule's name of the stack's, the construct's and more. */
async function ruleOf(client: EventBridgeClient, bus: string, consumer: string): Promise<string> {
  const names: string[] = [];
  for (let NextToken: string | undefined; ;) {
    const page = await client.send(new ListRulesCommand({ EventBusName: bus, NextToken }));
    for (const { Name = '', Arn } of page.Rules ?? []) {
      const [, name] = /-Event-(\w+?)Rule[0-9A-F]{8}/.exec(Name) ?? [];
      if (name === consumer) return Arn!;
      if (name !== undefined) names.push(name);
    }
    NextToken = page.NextToken;
    if (!NextToken) throw new Error(`There is no consumer ${consumer}, only ${names.join(', ') || 'none'}`);
  }
}
