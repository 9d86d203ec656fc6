import { type Catcher, catchersOf, caughtBy } from './catch';
import { ResultFlow, selectionOf } from './data-flow';
import { type Fields } from './fields';
import { type Flow } from './flow';
import { type Json } from './json';
import { type Retrier, retriersOf, RetrySchedule } from './retry';
import { type Evaluate } from './scope';
import { type Transition, type Visit } from './state';
import { StateError } from './state-error';
import { pause } from './timers';

/** What Task, Parallel and Map have in common: work that may fail, is tried again, and is caught in the end. */
export class Attempts {
  private readonly inputPath: Evaluate;
  private readonly result: ResultFlow;
  private readonly outputPath: Evaluate;
  private readonly retriers: readonly Retrier[];
  private readonly catchers: readonly Catcher[];

  constructor(
    fields: Fields,
    private readonly name: string,
    private readonly flow: Flow,
  ) {
    this.inputPath = selectionOf(fields, 'InputPath');
    this.result = new ResultFlow(fields);
    this.outputPath = selectionOf(fields, 'OutputPath');
    this.retriers = retriersOf(fields);
    this.catchers = catchersOf(fields);
  }

  /** @param work makes the state's result; called once more for each retry */
  async run(
    input: Json,
    visit: Visit,
    work: (input: Json) => Promise<Json>,
    onFailure: (error: StateError) => void = () => undefined,
  ): Promise<Transition> {
    const schedule = new RetrySchedule(this.retriers, visit.environment.waitScale);
    for (;;) {
      try {
        const result = await work(this.inputPath(input, visit));
        const output = this.result.apply(input, result, visit);
        return { output: this.outputPath(output, visit), ...this.flow };
      } catch (error) {
        if (!(error instanceof StateError)) throw error;
        const retry = schedule.after(error);
        if (!retry) {
          onFailure(error);
          const caught = caughtBy(this.catchers, error, input, visit);
          if (caught) return caught;
          throw error;
        }
        const { State: state } = visit.context;
        const attempt = state.RetryCount + 1;
        state.RetryCount = retry.count;
        visit.trace.record('TaskRetryScheduled', { state: this.name, attempt, error: error.name, retry });
        if (retry.waitSeconds > 0) await pause(visit.environment.timer(retry.waitSeconds), visit.signal);
      }
    }
  }
}
