import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Agent, type IncomingMessage, request } from 'node:http';
import { once } from 'node:events';
import { json } from 'node:stream/consumers';
import { agentAt, tryToBuy } from '../../../bench/bots/attack';
import { changedAssembly } from '../../../harness/changed-assembly';
import { useOwnLocalRun } from '../../support/own-local-run';

const FIREWALL = {
  perAddress: { requests: 30, seconds: 300 },
  purchasesPerAddress: { requests: 10, seconds: 60 },
} as const;

const folder = mkdtempSync(join(tmpdir(), 'eventpro-firewalled-'));
const agents: Agent[] = [];
const eventpro = useOwnLocalRun({
  assembly: async () => {
    changedAssembly(folder, { webAcl: FIREWALL });
    return folder;
  },
});
beforeEach(() => eventpro.reset());
afterAll(() => {
  for (const agent of agents) agent.destroy();
  rmSync(folder, { recursive: true, force: true });
});

const order = (seat: string) => ({ eventId: 'demo', seats: [seat], paymentMethod: 'pm_card_visa' });
const buyAt = (agent: Agent, seat: string) => tryToBuy(`${eventpro.url}/api`, order(seat), agent);

function from(address: string): Agent {
  const agent = agentAt(address);
  agents.push(agent);
  return agent;
}

async function get(path: string, agent: Agent) {
  const asked = request(`${eventpro.url}${path}`, { agent }).end();
  const [response] = (await once(asked, 'response')) as [IncomingMessage];
  return {
    status: response.statusCode,
    headers: response.headers,
    body: await json(response),
  };
}

async function buyTenTimes(agent: Agent): Promise<number[]> {
  const statuses: number[] = [];
  // A seat that does not exist: what is refused counts as well.
  for (let time = 0; time < 10; time++) statuses.push(await buyAt(agent, 'Z-99'));
  return statuses;
}

test('an address that has tried to buy too often is refused, and another one buys', async () => {
  const bot = from('127.0.0.2');

  expect(await buyTenTimes(bot)).toEqual(Array(10).fill(404));
  expect(await buyAt(bot, 'A-1')).toBe(403);
  expect(await buyAt(from('127.0.0.3'), 'A-1')).toBe(201);
});

test('it may still look, and buy again when the window has passed on the clock', async () => {
  const bot = from('127.0.0.2');
  await buyTenTimes(bot);

  expect((await get('/api/events', bot)).status).toBe(200);
  await eventpro.advanceClock(61);
  expect(await buyAt(bot, 'A-2')).toBe(201);
});

test('is refused as API Gateway refuses what the firewall filters, in the form of all problems', async () => {
  const bot = from('127.0.0.2');
  for (let time = 0; time < 30; time++) await get('/api/events', bot);

  const { status, headers, body } = await get('/api/events', bot);

  expect(status).toBe(403);
  expect(headers).toMatchObject({
    'content-type': 'application/problem+json',
    'x-amzn-errortype': 'ForbiddenException',
  });
  expect(body).toMatchObject({ status: 403, code: 'FORBIDDEN', title: 'The firewall refuses the request' });
});

test('a gate is never refused: its requests are signed', async () => {
  const layout = (await eventpro.request('GET', '/api/events/demo/seats')).body;

  const statuses: number[] = [];
  for (let time = 0; time < 40; time++)
    statuses.push((await eventpro.putEvent('gate', { not: layout })).status);

  // As the function answers, and not the firewall.
  expect(new Set(statuses)).toEqual(new Set([400]));
});
