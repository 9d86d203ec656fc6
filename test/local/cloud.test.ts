import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { GetQueueUrlCommand, SQSClient } from '@aws-sdk/client-sqs';
import { LOCAL_CREDENTIALS, LOCAL_REGION } from '../../local/aws/aws-service';
import { type CloudOptions, startCloud } from '../../local/core/cloud';
import { type AnyPlugin, definePlugin, type RunningPlugin } from '../../local/core/plugin';
import { SQS } from '../../local/sqs/plugin';
import { temporaryDirectory, track } from './aws-endpoint-fixture';

/** What the plug-ins of a test did, in order. */
let done: string[];
beforeEach(() => (done = []));

/** A plug-in that notes what happens to it. */
function noted(
  name: string,
  needs: Record<string, AnyPlugin> = {},
  more: Partial<RunningPlugin<string>> = {},
) {
  const note = (what: string) => async () => {
    await delay(1);
    done.push(`${what} ${name}`);
  };
  return definePlugin({
    ...{ name, needs },
    async start() {
      await note('start')();
      return {
        service: name,
        ...{ ready: note('ready'), pause: note('pause'), reset: note('reset'), close: note('close') },
        resume: () => void done.push(`resume ${name}`),
        ...more,
      };
    },
  });
}

async function cloudOf(
  plugins: readonly AnyPlugin[],
  more: Partial<CloudOptions> = {},
  Resources: object = {},
) {
  const assemblyDirectory = temporaryDirectory();
  const stage = join(assemblyDirectory, 'assembly-Test');
  mkdirSync(stage);
  const properties = { stackName: 'Test-Stack', templateFile: 'stack.json' };
  const artifacts = { stack: { type: 'aws:cloudformation:stack', properties } };
  writeFileSync(join(stage, 'manifest.json'), JSON.stringify({ artifacts }));
  writeFileSync(join(stage, 'stack.json'), JSON.stringify({ Resources }));
  return startCloud({ assemblyDirectory, stage: 'Test', plugins, ...more });
}

const store = noted('store');
const queue = noted('queue', { store });
const workflow = noted('workflow', { queue });

test('a service starts after those it needs, listed or not, and closes before them', async () => {
  const cloud = await cloudOf([workflow, noted('mail'), store]);
  await cloud.close();

  expect(done.filter((each) => /^(start|close)/.test(each))).toEqual([
    ...['start store', 'start queue', 'start workflow', 'start mail'],
    ...['close mail', 'close workflow', 'close queue', 'close store'],
  ]);
});

test('a reset forgets nothing before everything has paused, and goes on with what needs nothing', async () => {
  const cloud = await cloudOf([workflow]);
  done = [];

  await cloud.reset();
  await cloud.close();

  expect(done.filter((each) => !each.startsWith('close'))).toEqual([
    ...['pause workflow', 'pause queue', 'pause store'],
    ...['reset workflow', 'reset queue', 'reset store'],
    ...['resume store', 'resume queue', 'resume workflow'],
  ]);
});

test('a reset that fails is told, everything goes on, and the next one succeeds', async () => {
  let broken = true;
  const reset = async () => {
    if (broken) throw new Error('the disk is full');
  };
  const cloud = await cloudOf([noted('disk', { store }, { reset })]);

  const failed = cloud.reset();
  await expect(failed).rejects.toThrow('the disk is full');
  expect(done.slice(-2)).toEqual(['resume store', 'resume disk']);
  broken = false;
  await cloud.reset();
  await cloud.close();

  expect(done).toContain('reset store');
});

test('of a start that fails nothing is left', async () => {
  const runDirectory = join(temporaryDirectory(), 'run');
  const unstartable = definePlugin({
    ...{ name: 'unstartable', needs: { queue } },
    start: () => Promise.reject(new Error('no binary for this platform')),
  });

  await expect(cloudOf([unstartable], { runDirectory })).rejects.toThrow('no binary for this platform');

  expect(done).toEqual(['start store', 'start queue', 'close queue', 'close store']);
  expect(existsSync(runDirectory)).toBe(true);
});

test.each<[string, Partial<RunningPlugin<string>>]>([
  ['resource type AWS::Some::Thing', { resourceTypes: { 'AWS::Some::Thing': {} as never } }],
  ['signing name thing', { endpoint: { signingName: 'thing', handle: jest.fn() } }],
  ['variable THING_URL', { server: { url: 'http://127.0.0.1:1', variable: 'THING_URL' } }],
  ['integration thing:make', { integrations: { 'thing:make': {} as never } }],
  ['route GET /local/things', { routes: { 'GET /local/things': jest.fn() } }],
  ['kind of record things', { records: { things: jest.fn() } }],
])('two services with the same %s are refused, both named', async (what, offer) => {
  const creation = cloudOf([noted('one', {}, offer), noted('other', {}, offer)]);

  await expect(creation).rejects.toThrow(`The ${what} is offered by two plug-ins: one and other`);
});

test('functions find a server of its own by its variable, where a harness may stand before it', async () => {
  const server = { url: 'http://127.0.0.1:1', variable: 'AWS_ENDPOINT_URL_THING' };
  const redirect = (name: string, url: string) => `${url}/before-${name}`;

  const cloud = await cloudOf([noted('thing', {}, { server })], { redirect, environment: { MORE: 'yes' } });
  await cloud.close();

  expect(cloud.urls).toMatchObject({ thing: 'http://127.0.0.1:1' });
  expect(cloud.environment).toEqual({
    AWS_ENDPOINT_URL: `${cloud.urls.aws}/before-aws`,
    AWS_ENDPOINT_URL_THING: 'http://127.0.0.1:1/before-thing',
    MORE: 'yes',
  });
});

test('the endpoint listens before a service starts, and answers when all have started', async () => {
  let url: Promise<string | undefined>;
  const eager = definePlugin({
    name: 'eager',
    start({ endpointUrl }) {
      const credentials = LOCAL_CREDENTIALS;
      const client = track(new SQSClient({ endpoint: endpointUrl, region: LOCAL_REGION, credentials }));
      url = client.send(new GetQueueUrlCommand({ QueueName: 'q' })).then(({ QueueUrl }) => QueueUrl);
      return { service: url };
    },
  });
  const slow = definePlugin({
    ...{ name: 'slow', needs: { eager, sqs: SQS } },
    async start(_, { sqs }) {
      await delay(50);
      sqs.createQueue('q');
      return { service: 'slow' };
    },
  });

  const cloud = await cloudOf([slow]);

  await expect(url!).resolves.toBe(`${cloud.urls.aws}/000000000000/q`);
  await cloud.close();
});

test('a service that runs in no plug-in cannot be had', async () => {
  const cloud = await cloudOf([store]);

  expect(cloud.get(store)).toBe('store');
  expect(() => cloud.get(workflow)).toThrow('The plug-in workflow does not run here');
  await cloud.close();
});

test('what a service does not need does not compile', () => {
  definePlugin({
    ...{ name: 'typed', needs: { sqs: SQS } },
    start(_, needed) {
      needed.sqs.createQueue('q');
      // @ts-expect-error -- a need that is not declared
      expect(needed.sns).toBeUndefined();
      // @ts-expect-error -- no operation of the service that is needed
      expect(needed.sqs.publish).toBeUndefined();
      return { service: undefined };
    },
  });
});
