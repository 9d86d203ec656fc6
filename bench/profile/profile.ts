import { Child } from '../host/child';
import { type Crowd, type CrowdResult } from '../checkout/buyers';
import { type Measure, type Section, type Table } from '../report/section';
import { figure } from '../report/table';
import { venue } from '../server/venue';
import { type ThreadProfile } from '../observe/cpu-profile';

/** Where the processor time of a checkout goes: the stacks of every thread, sampled under load. */
export const profile: Measure = {
  name: 'profile',
  summary: 'processor time of a checkout by package and function, of the server and of its functions',
  async run({ size, lab, progress }): Promise<Section> {
    const server = await lab.server('profiled');
    const { child: crowd } = await Child.start<Crowd, CrowdResult, object>('checkout/buyers.ts');
    const purchases = { full: 500, quick: 150, smoke: 4 }[size];
    const buy = async (eventId: string) => {
      await server.ask({ ask: 'put-event', eventId, layout: venue(2_000) });
      const crowdOf = {
        url: `${server.url}/api`,
        eventId,
        buyers: 8,
        purchases,
        seatsPerPurchase: 2,
        seats: 2_000,
      };
      return crowd.ask(crowdOf);
    };
    try {
      progress('profile: warming up');
      await buy('profile-warm-up');
      await server.ask({ ask: 'start-profile' });
      progress('profile: sampling');
      const { answers } = await buy('profiled');
      const { threads } = await server.ask({ ask: 'stop-profile' });
      const [main, ...workers] = threads!;
      const functions = merge('functions', workers);
      return {
        name: 'profile',
        title: 'Profile',
        tables: [
          areas('The main thread: HTTP, templates, interpreter, S3, SNS, SQS, Stripe', main!, answers.length),
          areas('All functions together', functions, answers.length),
          hottest('The hottest functions of the main thread', main!, answers.length),
          hottest('The hottest functions of the bundles', functions, answers.length),
        ],
        figures: { purchases: answers.length, threads },
      };
    } finally {
      await crowd.close();
      await server.close();
    }
  },
};

/** Several threads as if they were one. */
export function merge(thread: string, threads: readonly ThreadProfile[]): ThreadProfile {
  const areas: Record<string, number> = {};
  const functions = new Map<string, ThreadProfile['functions'][number]>();
  for (const each of threads) {
    for (const [area, ms] of Object.entries(each.areas)) areas[area] = (areas[area] ?? 0) + ms;
    for (const one of each.functions) {
      const key = `${one.name} ${one.area}`;
      functions.set(key, { ...one, ms: one.ms + (functions.get(key)?.ms ?? 0) });
    }
  }
  return { thread, areas, functions: [...functions.values()].sort((a, b) => b.ms - a.ms) };
}

function areas(title: string, { areas }: ThreadProfile, purchases: number): Table {
  const sorted = Object.entries(areas).sort(([, a], [, b]) => b - a);
  const total = sorted.reduce((sum, [, ms]) => sum + ms, 0);
  return {
    title: `${title}: ${figure(total / purchases)} ms a checkout`,
    header: ['Where', 'ms a checkout', 'Share'],
    rows: sorted
      .slice(0, 18)
      .map(([area, ms]) => [area, figure(ms / purchases), `${((ms / total) * 100).toFixed(1)} %`]),
    notes: [
      '`(program)` is native code. Shares are of samples, scaled to the processor time that each thread had; sampling itself costs some percent.',
    ],
  };
}

function hottest(title: string, { functions }: ThreadProfile, purchases: number): Table {
  return {
    title,
    header: ['Function', 'Where', 'ms a checkout'],
    rows: functions.slice(0, 15).map(({ name, area, ms }) => [name, area, figure(ms / purchases)]),
  };
}
