import { once } from 'node:events';
import { createServer } from 'node:http';
import { type AddressInfo } from 'node:net';
import { AlteredAssembly } from '../../faults/altered-assembly';
import { callGives } from '../../faults/controls/guard';
import { type Harness, startHarness } from '../../faults/harness';
import { eventually } from '../../harness/eventpro-client';
import { referenceOf } from '../../lambda/shared/reference';
import { EVENTBRIDGE } from '../../local/eventbridge/plugin';
import { SQS } from '../../local/sqs/plugin';
import { type Queue } from '../../local/sqs/queue';
import { cloudAssembly } from '../support/cloud-assembly';

let harness: Harness;
beforeAll(async () => (harness = await startHarness({ assemblyDirectory: await cloudAssembly() })));
afterAll(() => harness?.close());

const PARTNER = '/local/partners/print-partner.example.com';
const partnerAnswers = (status: number) =>
  harness.client.request('PUT', PARTNER, { body: JSON.stringify({ status }) });
const partnerIsWell = () => harness.client.request('DELETE', PARTNER);
beforeEach(() => partnerIsWell());

interface PartnerRequest {
  readonly status: number;
  readonly body: { readonly detail: { readonly id: string } };
}

/** The ids of the events that the partner has taken, each once. */
async function taken(): Promise<string[]> {
  const { body } = await harness.client.request<{ partners: [{ requests: PartnerRequest[] }] }>(
    'GET',
    '/local/partners',
  );
  const { requests } = body.partners[0];
  return [
    ...new Set(requests.filter(({ status }) => status === 200).map(({ body: { detail } }) => detail.id)),
  ].sort();
}

const idOf = ({ purchaseId }: { readonly purchaseId: string }, sequence: number) =>
  `${referenceOf(purchaseId)}-${sequence}`;
const queueOf = (name: string): Queue =>
  harness.run.cloud
    .get(SQS)
    .list()
    .find((queue) => queue.name.includes(name))!;
const HOUR = 3_600;

test('a partner that is down for a day gets what it has missed when it is back; neither a purchase nor its mail waits for it', async () => {
  await partnerAnswers(503);

  const sold = await harness.buy();
  const cancelled = await harness.buy();
  await harness.client.emailAbout(sold.purchaseId);
  await harness.cancel(cancelled.purchaseId);
  await harness.settle();
  const violations = await harness.violations();
  harness.run.clock.advance(20 * HOUR);
  const whileDown = await taken();
  await partnerIsWell();
  harness.run.clock.advance(HOUR);

  const wanted = [idOf(sold, 1), idOf(cancelled, 1), idOf(cancelled, 2)].sort();
  await eventually(async () => (await taken()).length >= wanted.length || undefined, 'what was missed');
  expect(violations).toEqual([]);
  expect(whileDown).toEqual([]);
  expect(await taken()).toEqual(wanted);
});

test('what a partner that is down for longer has missed waits for people', async () => {
  await partnerAnswers(503);
  const sold = await harness.buy();
  await eventually(async () => (await deliveriesOf(idOf(sold, 1))).length > 0 || undefined, 'the event');

  const letters = queueOf('PrintingDeadLetterQueue');
  await eventually(() => {
    harness.run.clock.advance(HOUR);
    return Promise.resolve(letters.counts().visible === 1 || undefined);
  }, 'a dead letter');

  const [letter] = await letters.receive();
  expect(JSON.parse(letter!.body)).toMatchObject({ detail: { id: idOf(sold, 1) } });
  expect(await harness.violations()).toEqual([]);
});

/** As the bus tells of the deliveries of an event. */
interface Listed {
  readonly id: string;
  readonly detail: { readonly id: string };
  readonly deliveries: readonly { readonly ruleArn: string; readonly status: string }[];
}

async function listed(id: string): Promise<Listed | undefined> {
  const { body } = await harness.client.request<{ events: Listed[] }>('GET', '/local/bus?limit=1000');
  return body.events.find(({ detail }) => detail.id === id);
}
const deliveriesOf = async (id: string) => (await listed(id))?.deliveries ?? [];

const DEVICE = 'arn:aws:sns:us-east-1:000000000000:endpoint/GCM/eventpro/ann';
const WITH_THE_APP = { name: 'Ann Lee', email: 'ann@example.com', pushEndpoint: DEVICE };

/** The numbers of the events of a purchase that the app was told of, in this order. */
async function toldToTheApp({ purchaseId }: { readonly purchaseId: string }): Promise<string[]> {
  const messages = (await harness.client.inbox()).filter(
    ({ channel, raw = '' }) => channel === 'push' && raw.includes(referenceOf(purchaseId)),
  );
  return messages.reverse().map(({ text }) => (JSON.parse(text!) as { sequence: string }).sequence);
}

test('an event that is delivered again, or late, changes nothing for the app', async () => {
  const sold = await harness.buy({ buyer: WITH_THE_APP });
  await harness.admit(sold.purchaseId, 'North 1');
  await eventually(async () => (await toldToTheApp(sold)).includes('2') || undefined, 'the admission');
  const before = await toldToTheApp(sold);

  for (const sequence of [2, 1, 1]) {
    const { id } = (await listed(idOf(sold, sequence)))!;
    await harness.client.request('POST', `/local/bus/${id}/replay`, { body: '{}' });
  }
  await harness.settle();

  // The bus orders nothing: the second may come before the first, which is dropped then.
  expect([['1', '2'], ['2']]).toContainEqual(before);
  expect(await toldToTheApp(sold)).toEqual(before);
  expect(await harness.violations()).toEqual([]);
});

test('an event on which a consumer always fails ends with people, and the others go on', async () => {
  const poison = { version: 1, id: 'poison-1', sequence: 'one', reference: 'poison', eventId: 'demo' };
  harness.run.cloud.get(EVENTBRIDGE).putEvents([
    {
      ...{ EventBusName: 'eventpro-dev', Source: 'eventpro.checkout', DetailType: 'PurchaseConfirmed' },
      Detail: JSON.stringify(poison),
    },
  ]);

  const sold = await harness.buy({ buyer: WITH_THE_APP });
  const letters = queueOf('AppEventsDeadLetterQueue');
  const { visibilityTimeout } = queueOf('AppEventsQueue').attributes;
  await eventually(async () => {
    await harness.idle();
    harness.run.clock.advance(visibilityTimeout + 1);
    return letters.counts().visible === 1 || undefined;
  }, 'a dead letter');
  await harness.settle();

  const [letter] = await letters.receive();
  expect(JSON.parse(letter!.body)).toMatchObject({ detail: poison });
  expect(await toldToTheApp(sold)).toEqual(['1']);
  await eventually(async () => (await taken()).includes(idOf(sold, 1)) || undefined, 'the partner');
  expect(await harness.violations()).toEqual([]);
});

test('the control: did SendConfirmation tell the partner, one that is down would keep the mail from the buyer', async () => {
  const partner = createServer((_, response) => response.writeHead(503).end());
  await once(partner.listen(0, '127.0.0.1'), 'listening');
  const { port } = partner.address() as AddressInfo;
  const telling = `await (async () => {
    const { ok } = await fetch('http://127.0.0.1:${port}/tickets', { method: 'POST', body: purchaseId });
    if (!ok) throw new Error('The partner is down');
    return ticketUrlOf(purchaseId, apiUrl);
  })()`;
  const altered = await startHarness({
    assemblyDirectory: await cloudAssembly(),
    mutateAssembly: (directory) =>
      new AlteredAssembly(directory).changeConstants('SendConfirmation', {
        file: 'lambda/notification/send-confirmation.ts',
        within: 'sendConfirmation',
        edits: [callGives('ticketUrlOf', telling)],
      }),
  });

  const { purchaseId } = await altered.buy();
  await altered.settle();

  const violations = await altered.violations();
  partner.close();
  await altered.close();
  expect(violations).toContainEqual(expect.stringContaining(purchaseId));
  expect(violations).toContainEqual(expect.stringMatching(/no e-mail says so/));
});
