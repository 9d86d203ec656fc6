import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { LAMBDA } from '../../local/lambda/plugin';
import { type FunctionConfiguration } from '../../local/lambda/function-configuration';
import { type Compared, type Comparison } from '../comparison';
import { CANCEL_EVENT, EventCancellationRun } from './event-cancellation-run';
import { DurableCloud, effectsIn, planDeaths, prepare } from './durable-cloud';
import { told } from './history';
import { installJavaScriptTool, javaScriptEngine } from './javascript-engine';
import { localEngine } from './local-engine';
import { ATTEMPTS, NAMED, type PlayedPart } from './named-differences';
import { PATTERN_CASES, type PatternCase } from './pattern-cases';
import { type DurableEngine, type Played } from './played';
import { installPythonTool, pythonEngine } from './python-engine';

interface Tool {
  readonly name: string;
  readonly against: string;
  /** @returns where it is @throws Skipped when the machine lacks what it needs */
  readonly install: (signal: AbortSignal) => Promise<string>;
  readonly start: (options: {
    readonly tool: string;
    readonly functions: readonly FunctionConfiguration[];
    readonly run: DurableCloud | EventCancellationRun;
    readonly signal: AbortSignal;
  }) => Promise<DurableEngine>;
  /** What it cannot play, and why. */
  readonly cannot: readonly { readonly why: string; readonly applies: (pattern: PatternCase) => boolean }[];
}

const unanswered = ({ event, answer }: PatternCase): boolean => event.pattern === 'callback' && !answer;

const JAVASCRIPT: Tool = {
  name: 'durable-javascript',
  against: '@aws/durable-execution-sdk-js-testing 1.1.4',
  install: installJavaScriptTool,
  start: async ({ tool, functions, run, signal }) =>
    javaScriptEngine({ tool, functions, signal, before: 'gate' in run ? run.gate : undefined }),
  cannot: [
    { why: 'a function that dies takes the tool with it', applies: ({ deaths }) => deaths !== undefined },
    { why: 'no callback times out', applies: unanswered },
    {
      why: 'a call of what was not registered ends the tool',
      applies: ({ event: { target } }) => target === 'Nobody' || target === 'Patterns',
    },
  ],
};

const PYTHON: Tool = {
  name: 'durable-python',
  against: 'aws-durable-execution-sdk-python-testing 1.4.0',
  install: installPythonTool,
  start: ({ tool, functions, run, signal }) =>
    pythonEngine({
      ...{ tool, functions, signal, clock: run.cloud.clock },
      around: 'around' in run ? run.around : undefined,
    }),
  cannot: [
    {
      why: 'it invokes a function that always dies for ever',
      applies: ({ event }) => event.pattern === 'poison',
    },
    { why: 'a callback times out by the real clock alone', applies: unanswered },
    { why: 'thousands of steps take it minutes', applies: ({ event }) => event.pattern === 'many steps' },
  ],
};

function comparison({ name, against, install, start, cannot }: Tool): Comparison {
  return {
    name,
    about: `durable functions: every pattern, and CancelEvent, in ${against}`,
    named: NAMED,
    async compare({ signal, progress }) {
      progress('installing the tool');
      const tool = await install(signal);
      const cases: Compared[] = [];
      const directory = mkdtempSync(join(tmpdir(), 'eventpro-conformance-durable-'));
      try {
        await patterns(directory);
        await cancelEvent(directory);
      } finally {
        rmSync(directory, { recursive: true, force: true });
      }
      return { against, cases };

      async function patterns(folder: string): Promise<void> {
        prepare(folder);
        const run = await DurableCloud.start(folder);
        const functions = run.cloud.get(LAMBDA).configurations();
        const here = localEngine(run.cloud, 3_601);
        const effects = join(folder, 'effects');
        try {
          const there = await start({ tool, functions, run, signal });
          for (const each of PATTERN_CASES) {
            const impossible = cannot.find(({ applies }) => applies(each));
            if (impossible) {
              progress(`not played: ${each.name}, as ${impossible.why}`);
              continue;
            }
            progress(each.name);
            const execution = {
              ...{ functionName: run.nameOf('Long'), input: run.inputOf(each.event), answer: each.answer },
            };
            const sides: { played: Played; effects: object }[] = [];
            for (const engine of [here, there]) {
              planDeaths(effects, each.deaths ?? []);
              sides.push({ played: await engine.play(execution), effects: doneIn(effects) });
            }
            const [ours, theirs] = sides as [(typeof sides)[0], (typeof sides)[0]];
            cases.push(...partsOf(each.name, ours.played, theirs.played, isJittered(each)));
            const [done, doneThere] = [ours.effects, theirs.effects];
            cases.push({
              ...{ name: `${each.name}: effects`, ours: done, theirs: doneThere },
              equal: isDeepStrictEqual(done, doneThere),
            });
          }
          await there.close();
        } finally {
          await here.close();
          await run.close();
        }
      }

      async function cancelEvent(folder: string): Promise<void> {
        progress('CancelEvent: purchases');
        const run = await EventCancellationRun.start(folder);
        const functions = run.cloud
          .get(LAMBDA)
          .configurations()
          .filter(({ name: id }) => id.includes(CANCEL_EVENT));
        const here = localEngine(run.cloud, 15);
        let there: DurableEngine | undefined;
        try {
          there = await start({ tool, functions, run, signal });
          const sides: Played[] = [];
          for (const engine of [there, here]) {
            const eventId = `concert-${sides.length}`;
            await run.sell(eventId);
            await run.closeSale(eventId);
            progress(`CancelEvent: ${eventId}`);
            const input = { eventId, attempt: 1 };
            const played = await engine.play({ functionName: functions[0]!.name, input });
            sides.push(played);
            await run.expectCancelled(eventId, played);
          }
          cases.push(...partsOf('CancelEvent', sides[1]!, sides[0]!, false));
        } finally {
          await there?.close();
          await here.close();
          await run.close();
        }
      }
    },
  };
}

/** One case for each operation, one for the execution, and one for what is said of attempts. */
function partsOf(name: string, here: Played, there: Played, jittered: boolean): PlayedPart[] {
  const [ours, theirs] = [told(here, jittered), told(there, jittered)];
  const execution = part(name, ours.execution, theirs.execution);
  // What one engine refuses, the other goes on with: the executions are compared, and no further.
  if (ours.execution.status !== theirs.execution.status) return [execution];
  const ids = new Set([...ours.operations.keys(), ...theirs.operations.keys()]);
  const operations = [...ids].map((id) => {
    const [one, other] = [ours.operations.get(id), theirs.operations.get(id)];
    return part(`${name}: ${(one ?? other)!.name ?? id}`, one, other);
  });
  const [attempts, attemptsThere] = [ours.attempts, theirs.attempts];
  if (Object.keys(attempts).length === 0) return [execution, ...operations];
  return [execution, ...operations, part(`${name}: ${ATTEMPTS}`, attempts, attemptsThere)];
}

function part(name: string, ours: PlayedPart['ours'], theirs: PlayedPart['theirs']): PlayedPart {
  return { name, ours, theirs, equal: isDeepStrictEqual(ours, theirs) };
}

/** Without the id of a callback, which is another each time. */
function doneIn(effects: string): object {
  return Object.fromEntries(
    Object.entries(effectsIn(effects)).map(([effect, times]) => [
      effect.replace(/^asked .*/, 'asked'),
      times,
    ]),
  );
}

/** The default strategy waits by chance. */
const isJittered = ({ event }: PatternCase): boolean => event.retry === 'by the default';

export const DURABLE_FUNCTIONS_COMPARISONS: readonly Comparison[] = [JAVASCRIPT, PYTHON].map(comparison);
