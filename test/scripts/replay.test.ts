import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { type LocalRun, startLocalRun } from '../../bin/local-run';
import { EventProClient, eventually } from '../../harness/eventpro-client';
import { LOCAL_CREDENTIALS, LOCAL_REGION } from '../../local/aws/aws-service';
import { type ReplayOptions, replayEvents } from '../../scripts/replay/replay-events';
import { cloudAssembly } from '../support/cloud-assembly';

let run: LocalRun;
let client: EventBridgeClient;
const eventpro = new EventProClient(() => run.url);

beforeAll(async () => {
  run = await startLocalRun({ assemblyDirectory: await cloudAssembly(), port: 0, waitScale: 0 });
  const { aws: endpoint } = run.cloud.urls;
  client = new EventBridgeClient({ endpoint, region: LOCAL_REGION, credentials: LOCAL_CREDENTIALS });
});
afterAll(() => run?.close());

/** Ids of the events that the partner has been told of, each as often as it was. */
async function printed(): Promise<string[]> {
  const { text } = await eventpro.request('GET', '/local/partners');
  const { partners } = JSON.parse(text) as {
    partners: { requests: { body: { detail: { id: string } } }[] }[];
  };
  return partners.flatMap(({ requests }) => requests.map(({ body }) => body.detail.id));
}

async function replay(options: Partial<ReplayOptions> = {}) {
  const lines: string[] = [];
  const [from, to] = [-600_000, 600_000].map((offset) => new Date(run.clock.now() + offset));
  const period = { from: from!, to: to! };
  const print = (line: string) => void lines.push(line);
  const isReplayed = await replayEvents({
    client,
    stage: 'dev',
    dryRun: false,
    print,
    ...period,
    ...options,
  });
  return { isReplayed, lines };
}

test('sends what was sold to one consumer once more, under the same id; a dry run sends nothing', async () => {
  await eventpro.buy({ seats: ['A-1'] });
  const [id] = await eventually(async () => {
    const ids = await printed();
    return ids.length > 0 ? ids : undefined;
  }, 'an event that the partner has had');

  const dry = await replay({ consumer: 'Printing', dryRun: true });
  const before = await printed();
  const wet = await replay({ consumer: 'Printing' });
  const after = await eventually(async () => {
    const ids = await printed();
    return ids.length > before.length ? ids : undefined;
  }, 'the event once more');

  expect(dry).toEqual({ isReplayed: true, lines: [expect.stringContaining('to Printing')] });
  expect(before).toEqual([id]);
  expect(wet).toEqual({
    isReplayed: true,
    lines: [expect.stringContaining('to Printing'), expect.stringMatching(/ COMPLETED$/)],
  });
  expect(after).toEqual([id, id]);
});

test('names the consumers there are, and says when a stage has no archive', async () => {
  await expect(replay({ consumer: 'Nobody' })).rejects.toThrow(
    'There is no consumer Nobody, only App, Sales, Printing, EventMessagesScheduling',
  );
  await expect(replay({ stage: 'prod' })).rejects.toThrow('No archive of the bus eventpro-prod');
});
