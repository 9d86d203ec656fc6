import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { type EventLayout } from '../../lambda/event/event-layout';
import { changedAssembly } from '../../harness/changed-assembly';
import { type FirewallConfig, STAGES } from '../../lib/config';
import { type Measure, type Section, type Size } from '../report/section';
import { type Lab } from '../server/lab';
import { seatId, venue } from '../server/venue';
import { agentAt, Attack, tryToBuy } from './attack';

/** Hostile addresses. */
const CROWDS = [1, 10, 100];

/** How often the honest buyer tries, and the milliseconds between two tries, while the bots turn to the next event. */
const SIZES = {
  full: { crowds: CROWDS, loopsPerAddress: 6, tries: 20, pauseMs: 1_500 },
  quick: { crowds: CROWDS, loopsPerAddress: 6, tries: 4, pauseMs: 1_500 },
  smoke: { crowds: [1], loopsPerAddress: 1, tries: 1, pauseMs: 100 },
} satisfies Record<Size, object>;
const SEATS = 4;
const HONEST_ADDRESS = '127.0.0.2';

/** A crowd is given up after this, with what was seen until then. */
const MOST_MS = 45_000;

interface Crowd {
  readonly addresses: number;
  readonly loopsPerAddress: number;
  readonly tries: number;
  readonly pauseMs: number;
}

interface Seen {
  readonly addresses: number;
  readonly tries: number;
  readonly bought: number;
  readonly hostileSagas: number;
  readonly hostileBlocked: number;
}

/** One buyer with a good card, and loops with declined cards that want the same seats. */
export const bots: Measure = {
  name: 'bots',
  summary: `an honest buyer against ${CROWDS.join(', ')} hostile addresses: how many tries succeed; some 6 minutes`,
  onlyWhenNamed: true,
  async run({ size, lab, progress }): Promise<Section> {
    const { crowds, ...each } = SIZES[size];
    const { tries, loopsPerAddress } = each;
    const after = STAGES.find(({ name }) => name === 'prod')!.webAcl!;
    // What there was before tries to buy were counted for themselves.
    const before = { ...after, purchasesPerAddress: after.perAddress };
    const figures = {
      tries,
      before: await against(before, 'before'),
      after: await against(after, 'after'),
    };
    return {
      name: 'bots',
      title: 'Bots',
      tables: [
        {
          title: 'An honest buyer against loops with declined cards on the same four seats',
          header: [
            ...['Hostile addresses', `Bought, at ${limit(before)}`, `Bought, at ${limit(after)}`],
            ...['Sagas of the bots, before', 'Sagas of the bots, after'],
          ],
          rows: crowds.map((addresses, index) => {
            const [was, is] = [figures.before[index]!, figures.after[index]!];
            return [
              ...[String(addresses), rate(was), rate(is)],
              ...[was, is].map(({ hostileSagas }) => hostileSagas.toLocaleString('en-US')),
            ];
          }),
          notes: [
            `${loopsPerAddress} loops on each address, each at it again as soon as it is answered; the buyer tries once for each of ` +
              `${tries} events, from the moment the bots begin, at an address of its own. After ${MOST_MS / 1000} s there are no more tries.`,
            'Here the firewall counts each request at once. AWS takes up to 30 seconds to notice.',
          ],
        },
      ],
      figures,
    };

    async function against(firewall: FirewallConfig, when: string): Promise<Seen[]> {
      const folder = mkdtempSync(join(tmpdir(), 'eventpro-bots-'));
      try {
        changedAssembly(folder, { webAcl: firewall });
        const seen: Seen[] = [];
        for (const addresses of crowds) {
          seen.push(await crowd(lab, folder, { addresses, ...each }));
          progress(`bots, ${when}: ${addresses} addresses, bought ${rate(seen.at(-1)!)}`);
        }
        return seen;
      } finally {
        rmSync(folder, { recursive: true, force: true });
      }
    }
  },
};

async function crowd(
  lab: Lab,
  assembly: string,
  { addresses, loopsPerAddress, tries, pauseMs }: Crowd,
): Promise<Seen> {
  const server = await lab.server('plain', assembly);
  const url = `${server.url}/api`;
  const attack = new Attack({ url, addresses, loopsPerAddress });
  const honest = agentAt(HONEST_ADDRESS);
  const layout: EventLayout = venue(SEATS);
  const seats = Array.from({ length: SEATS }, (_, index) => seatId(index));
  const until = Date.now() + MOST_MS;
  let tried = 0;
  let bought = 0;
  try {
    while (tried < tries && Date.now() < until) {
      const eventId = `wanted-${tried++}`;
      await server.ask({ ask: 'put-event', eventId, layout });
      attack.aimAt(eventId, seats);
      await delay(pauseMs);
      const order = { eventId, seats: seats.slice(0, 2), paymentMethod: 'pm_card_visa' };
      if ((await tryToBuy(url, order, honest)) === 201) bought++;
    }
  } finally {
    await attack.stop();
    honest.destroy();
    await server.close();
  }
  const counted = (accept: (status: number) => boolean) =>
    [...attack.answers].reduce((sum, [status, count]) => (accept(status) ? sum + count : sum), 0);
  return {
    ...{ addresses, tries: tried, bought },
    hostileSagas: counted((status) => status !== 403 && status !== 0),
    hostileBlocked: counted((status) => status === 403),
  };
}

function rate({ bought, tries }: Seen): string {
  return `${bought} of ${tries}`;
}

function limit({ purchasesPerAddress: { requests, seconds } }: FirewallConfig): string {
  return `${requests.toLocaleString('en-US')} in ${seconds / 60} minutes`;
}
