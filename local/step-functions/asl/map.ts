import { Attempts } from './attempts';
import { templateOf } from './data-flow';
import { type Fields } from './fields';
import { flowOf } from './flow';
import { type Json } from './json';
import { requiredPathOf } from './path';
import { type Evaluate } from './scope';
import { type State, type States, type Visit } from './state';
import { ExecutionStopped, runtimeError, StateError } from './state-error';

/** "Inline mode … supports up to 40 concurrent iterations" ("Map workflow state", read November 2026). */
const MOST_AT_ONCE = 40;

/**
 * Reads a Map state in Inline mode. Distributed mode is refused, and with it `ToleratedFailure…`, which belongs to it.
 *
 * @param statesOf reads the states of an iteration
 */
export function mapOf(name: string, fields: Fields, statesOf: (fields: Fields) => States): State {
  const attempts = new Attempts(fields, name, flowOf(fields));
  const itemsPath = fields.has('ItemsPath') ? requiredPathOf(fields.text('ItemsPath'), fields) : undefined;
  // `Parameters` and `Iterator` are what ItemSelector and ItemProcessor were called before 2022.
  const selector = fields.has('ItemSelector')
    ? 'ItemSelector'
    : fields.has('Parameters')
      ? 'Parameters'
      : undefined;
  const select = selector && templateOf(fields, selector);
  const states = processorOf(fields, statesOf);
  const concurrency = concurrencyOf(fields);
  return {
    name,
    type: 'Map',
    run(input, visit) {
      const { trace } = visit;
      return attempts.run(
        input,
        visit,
        async (effective) => {
          const items = itemsPath ? itemsPath(effective, visit) : effective;
          if (!Array.isArray(items)) {
            throw runtimeError(`${fields.where}: the items must be an array, not ${JSON.stringify(items)}`);
          }
          const atOnce = concurrency(effective, visit);
          trace.record('MapStateStarted', { state: name, length: items.length });
          const outputs = await iterate(items, atOnce, visit, async (item, index, signal) => {
            const context = { Map: { Item: { Index: index, Value: item } } };
            const scope = { ...visit, context: { ...visit.context, ...context } };
            return iteration(select ? select(effective, scope) : item, { index, signal, context, visit });
          });
          trace.record('MapStateSucceeded', { state: name });
          return outputs;
        },
        (error) => trace.record('MapStateFailed', { state: name, error: error.name, cause: error.message }),
      );
    },
  };

  interface Iteration {
    readonly index: number;
    readonly signal: AbortSignal;
    readonly context: { Map: { Item: { Index: number; Value: Json } } };
    readonly visit: Visit;
  }

  async function iteration(input: Json, { index, signal, context, visit }: Iteration): Promise<Json> {
    const told = { state: name, index };
    const trace = visit.trace.branch(told);
    trace.record('MapIterationStarted', told);
    try {
      const output = await visit.walk(states, input, { signal, trace, context });
      trace.record('MapIterationSucceeded', told);
      return output;
    } catch (error) {
      if (error instanceof StateError) trace.record('MapIterationFailed', told);
      else if (error instanceof ExecutionStopped && !visit.signal.aborted)
        trace.record('MapIterationAborted', told);
      throw error;
    }
  }
}

function processorOf(fields: Fields, statesOf: (fields: Fields) => States): States {
  if (fields.has('Iterator')) return statesOf(fields.object('Iterator'));
  const processor = fields.object('ItemProcessor');
  if (processor.has('ProcessorConfig')) {
    const config = processor.object('ProcessorConfig');
    const mode = config.optionalText('Mode') ?? 'INLINE';
    if (mode !== 'INLINE') throw fields.unsupported(`the Map mode ${mode}`);
    config.refuseOthers();
  }
  return statesOf(processor);
}

type Concurrency = (input: Json, visit: Visit) => number;

function concurrencyOf(fields: Fields): Concurrency {
  const limit = (value: number): number => (value === 0 ? MOST_AT_ONCE : Math.min(value, MOST_AT_ONCE));
  const fixed = fields.number('MaxConcurrency', { least: 0 });
  const text = fields.optionalText('MaxConcurrencyPath');
  if (text === undefined) return () => limit(fixed ?? 0);
  if (fixed !== undefined) throw fields.invalid('MaxConcurrency and MaxConcurrencyPath');
  const path: Evaluate = requiredPathOf(text, fields);
  return (input, visit) => {
    const value = path(input, visit);
    if (typeof value === 'number' && Number.isInteger(value) && value >= 0) return limit(value);
    throw runtimeError(`${fields.where}: MaxConcurrencyPath points at ${JSON.stringify(value)}`);
  };
}

/** Processes the items in their order, some at once. The first that fails ends the others. */
async function iterate(
  items: readonly Json[],
  atOnce: number,
  { signal }: Visit,
  process: (item: Json, index: number, signal: AbortSignal) => Promise<Json>,
): Promise<Json[]> {
  const failed = new AbortController();
  const either = AbortSignal.any([signal, failed.signal]);
  const outputs: Json[] = [];
  const waiting = items.entries();
  const worker = async (): Promise<void> => {
    for (const [index, item] of waiting) {
      if (either.aborted) throw new ExecutionStopped();
      outputs[index] = await process(item, index, either);
    }
  };
  try {
    await Promise.all(Array.from({ length: Math.min(atOnce, items.length) }, worker));
    return outputs;
  } finally {
    failed.abort();
  }
}
