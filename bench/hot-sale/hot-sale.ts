import { Child } from '../host/child';
import { type Crowd, type CrowdResult } from '../checkout/buyers';
import { type Measure, type Section } from '../report/section';
import { percentile } from '../report/statistics';
import { figure } from '../report/table';
import { venue } from '../server/venue';

const MEBIBYTE = 2 ** 20;

/** Ten times more buyers than seats, all at the same moment. */
export const hotSale: Measure = {
  name: 'hot-sale',
  summary: '10,000 buyers on 1,000 seats at once: what is sold, refused and failed; time and memory',
  async run({ size, lab, progress }): Promise<Section> {
    const seats = { full: 1_000, quick: 50, smoke: 2 }[size];
    const buyers = seats * 10;
    const server = await lab.server('plain');
    const { child: crowd } = await Child.start<Crowd, CrowdResult, object>('checkout/buyers.ts');
    try {
      const eventId = 'hot-sale';
      await server.ask({ ask: 'put-event', eventId, layout: venue(seats) });
      const idle = server.usage();
      progress(`hot sale: ${buyers} buyers, ${seats} seats`);
      const crowdOf = {
        url: `${server.url}/api`,
        eventId,
        buyers,
        purchases: buyers,
        seatsPerPurchase: 1,
        seats,
      };
      const { wallMs, answers, unanswered, throttled } = await crowd.ask(crowdOf);
      const after = server.usage();
      const map = (await (await fetch(`${server.url}/api/events/${eventId}/seats`)).json()) as {
        seats: { status: string }[];
      };

      const times = (accept: (status: number) => boolean) =>
        answers.filter(({ status }) => accept(status)).map(({ ms }) => ms);
      const groups = [
        { name: 'Sold (201)', times: times((status) => status === 201) },
        { name: 'Refused (409)', times: times((status) => status === 409) },
        { name: 'Server errors (5xx)', times: times((status) => status >= 500) },
        { name: 'Others', times: times((status) => status !== 201 && status !== 409 && status < 500) },
      ];
      const mebibytes = (usage: typeof idle, field: 'rss' | 'peakRss') =>
        (usage.server[field] + usage.engine[field]) / MEBIBYTE;
      const byStatus = Object.fromEntries(
        [...new Set(answers.map(({ status }) => status))].map((each) => [
          each,
          times((status) => status === each).length,
        ]),
      );
      const figures = {
        ...{ buyers, seats, wallMs, unanswered, throttled, byStatus },
        soldInMap: map.seats.filter(({ status }) => status === 'SOLD').length,
        cpuMs: after.server.cpuMs + after.engine.cpuMs - idle.server.cpuMs - idle.engine.cpuMs,
        idleMiB: mebibytes(idle, 'rss'),
        peakMiB: mebibytes(after, 'peakRss'),
        enginePeakMiB: after.engine.peakRss / MEBIBYTE,
        groups: groups.map(({ name, times }) => ({ name, count: times.length, ...quantiles(times) })),
      };
      return {
        name: 'hot-sale',
        title: 'Hot sale',
        tables: [
          {
            title: `${buyers.toLocaleString('en-US')} buyers at once on ${seats.toLocaleString('en-US')} seats`,
            header: ['Answer', 'Count', 'p50 ms', 'p99 ms', 'Slowest ms'],
            rows: [
              ...figures.groups.map(({ name, count, p50, p99, slowest }) => [
                ...[name, String(count)],
                ...[p50, p99, slowest].map((value) => (value === undefined ? '' : figure(value))),
              ]),
              ['No answer', String(unanswered), '', '', ''],
            ],
            notes: [
              `Target: as many sold as there are seats, no server error, 60 s for 10,000 buyers. The map shows ${figures.soldInMap} seats sold.`,
              `Throttled ${throttled} times (429): such a buyer came back, and its time is until the last answer.`,
              `All were answered after ${figure(wallMs / 1000)} s; server and engine used ${figure(figures.cpuMs / 1000)} s of processor time.`,
              `Memory of server and engine together: ${figure(figures.idleMiB)} MiB before, ${figure(figures.peakMiB)} MiB at the most (the engine ${figure(figures.enginePeakMiB)}). Target: 300.`,
            ],
          },
        ],
        figures,
      };
    } finally {
      await crowd.close();
      await server.close();
    }
  },
};

function quantiles(times: readonly number[]): { p50?: number; p99?: number; slowest?: number } {
  if (times.length === 0) return {};
  return { p50: percentile(times, 50), p99: percentile(times, 99), slowest: percentile(times, 100) };
}
