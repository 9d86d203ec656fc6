import { type Browser, type CDPSession, type Page } from 'playwright-core';

/** Times that Chromium spends in scripts, as its trace names them: what the performance panel of DevTools calls "Scripting". */
const SCRIPT = ['FunctionCall', 'EvaluateScript', 'RunMicrotasks'];

/** Milliseconds after which what an act has begun is over. */
const SETTLED = 100;

interface TraceEvent {
  readonly name: string;
  readonly ph: string;
  readonly pid: number;
  readonly tid: number;
  /** Microseconds of the thread's own clock, of a complete event: others who have the processor meanwhile do not count. */
  readonly tts?: number;
  readonly tdur?: number;
  readonly args: { readonly name?: string };
}

/** Milliseconds of processor time that scripts take because of an act, until it has settled. */
export type ScriptTimer = (page: Page, act: () => Promise<unknown>) => Promise<number>;

/**
 * By the trace: the counter `ScriptDuration` of `Performance.getMetrics` leaves out microtasks, so all that follows an `await`. An
 * answer of 20,000 seats is read in 30 ms of which it counts one.
 */
export async function scriptTimer(browser: Browser): Promise<ScriptTimer> {
  const session = await browser.newBrowserCDPSession();
  return async (page, act) => {
    const events: TraceEvent[] = [];
    const collect = ({ value }: { value: object[] }) => void events.push(...(value as TraceEvent[]));
    session.on('Tracing.dataCollected', collect);
    await session.send('Tracing.start', {
      transferMode: 'ReportEvents',
      traceConfig: { includedCategories: ['devtools.timeline', 'v8.execute'] },
    });
    await act();
    await page.waitForTimeout(SETTLED);
    await page.evaluate('measured.nextFrame()');
    await endTrace(session);
    session.off('Tracing.dataCollected', collect);
    return scriptMicroseconds(events) / 1_000;
  };
}

async function endTrace(session: CDPSession): Promise<void> {
  const complete = new Promise((done) => session.once('Tracing.tracingComplete', done));
  await session.send('Tracing.end');
  await complete;
}

/** What runs in another script of the same thread is counted once. */
export function scriptMicroseconds(events: readonly TraceEvent[]): number {
  const threadOf = ({ pid, tid }: TraceEvent) => `${pid}/${tid}`;
  const mainThreads = new Set(
    events
      .filter(({ name, args }) => name === 'thread_name' && args.name === 'CrRendererMain')
      .map((event) => threadOf(event)),
  );
  const scripts = events
    .filter((event) => event.ph === 'X' && SCRIPT.includes(event.name) && mainThreads.has(threadOf(event)))
    .map((event) => ({ thread: threadOf(event), start: event.tts!, end: event.tts! + event.tdur! }))
    .sort((one, other) => one.start - other.start);
  const endOf = new Map<string, number>();
  let sum = 0;
  for (const { thread, start, end } of scripts) {
    const counted = Math.max(start, endOf.get(thread) ?? 0);
    if (end <= counted) continue;
    sum += end - counted;
    endOf.set(thread, end);
  }
  return sum;
}
