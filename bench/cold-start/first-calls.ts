import { type FunctionName } from '../../lib/functions';
import { type Lab } from '../server/lab';
import { type MeasuredServer } from '../server/measured-server';
import { buyObserved } from '../server/observe-checkouts';
import { seatId, venue } from '../server/venue';

/** Milliseconds of processor time of one function, in a sandbox of its own. */
export interface FirstCall {
  readonly function: FunctionName;
  /** To start the thread and to load the bundle. */
  readonly loadMs: number;
  readonly firstMs: number;
  /** The second call: still slow beside the thousandth, but nothing in it is made or fetched for the first time. */
  readonly secondMs: number;
}

let events = 0;

/**
 * Buys twice with functions that have only just been loaded, `rounds` times: a purchase that succeeds, and one whose payment is
 * given back because its ticket cannot be made.
 *
 * @param steps whose first calls are looked at
 */
export async function firstCalls(
  lab: Lab,
  { rounds, steps }: { readonly rounds: number; readonly steps: readonly FunctionName[] },
): Promise<FirstCall[]> {
  const server = await lab.server('observed');
  const eventId = `cold-${++events}`;
  const calls: FirstCall[] = [];
  let sold = 0;
  try {
    await server.ask({ ask: 'put-event', eventId, layout: venue(2_000) });
    for (let round = 0; round < rounds; round++) {
      for (const undone of [false, true]) {
        const { loadMs } = await server.ask({ ask: 'load-anew', functions: steps });
        if (undone) await setTicketFault(server, 'PUT');
        const first = await buy(undone);
        const second = await buy(undone);
        if (undone) await setTicketFault(server, 'DELETE');
        for (const name of steps) {
          // What both purchases run is looked at where nothing fails.
          const [firstMs, secondMs] = [first.get(name), second.get(name)];
          if (firstMs === undefined || secondMs === undefined || undone !== UNDOING.has(name)) continue;
          calls.push({ function: name, loadMs: loadMs![name]!, firstMs, secondMs });
        }
      }
    }
    return calls;
  } finally {
    await server.close();
  }

  async function buy(undone: boolean): Promise<ReadonlyMap<FunctionName, number>> {
    const { status, text, checkout } = await buyObserved(server, eventId, [seatId(sold++)]);
    if ((status === 201) === undone) throw new Error(`A purchase ended otherwise: ${status} ${text}`);
    return new Map(checkout.steps.map(({ function: name, cpuMs }) => [name, cpuMs]));
  }
}

const UNDOING: ReadonlySet<FunctionName> = new Set(['RefundPayment', 'ReleaseSeat']);

/** By an error that is not tried again. */
async function setTicketFault({ url }: MeasuredServer, method: 'PUT' | 'DELETE'): Promise<void> {
  const answer = await fetch(`${url}/local/faults/GenerateTicket`, {
    method,
    ...(method === 'PUT' && { body: JSON.stringify({ mode: 'fail-before', error: 'SaleNotPossible' }) }),
  });
  if (!answer.ok) throw new Error(`The fault could not be set: ${answer.status} ${await answer.text()}`);
}
