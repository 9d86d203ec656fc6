import { Attempts } from './attempts';
import { templateOf } from './data-flow';
import { type Fields } from './fields';
import { flowOf } from './flow';
import { type State, type States } from './state';

/** @param statesOf reads the states of a branch */
export function parallelOf(name: string, fields: Fields, statesOf: (fields: Fields) => States): State {
  const attempts = new Attempts(fields, name, flowOf(fields));
  const parameters = templateOf(fields, 'Parameters');
  const branches = fields.objects('Branches').map(statesOf);
  if (branches.length === 0) throw fields.invalid('a Parallel state needs Branches');
  return {
    name,
    type: 'Parallel',
    run(input, visit) {
      const { signal, trace } = visit;
      return attempts.run(
        input,
        visit,
        async (effective) => {
          const branchInput = parameters(effective, visit);
          trace.record('ParallelStateStarted', { state: name });
          // The first branch that fails ends the others.
          const failed = new AbortController();
          const either = AbortSignal.any([signal, failed.signal]);
          try {
            const outputs = await Promise.all(
              branches.map((branch, index) =>
                visit.walk(branch, branchInput, {
                  signal: either,
                  trace: trace.branch({ state: name, index }),
                }),
              ),
            );
            trace.record('ParallelStateSucceeded', { state: name });
            return outputs;
          } finally {
            failed.abort();
          }
        },
        (error) =>
          trace.record('ParallelStateFailed', { state: name, error: error.name, cause: error.message }),
      );
    },
  };
}
