import * as z from 'zod/mini';
import { type ProblemCode, type ProblemName, PROBLEMS } from './problem';
import { type StepRow, type Outcomes } from './outcomes';

/** What a catch of the state machine leaves under `$.failures.<StateName>`. `Cause` is the Lambda's error as JSON. */
const caughtSchema = z.object({ Error: z.string(), Cause: z.optional(z.string()) });

/** The failures caught so far, by state. */
export const failuresSchema = z.optional(z.partialRecord(z.string(), caughtSchema));
export type Failures = z.output<typeof failuresSchema>;

/** What a compensated run is settled with: the same code and words that the client was answered. */
export function failureOf(
  { steps, interrupted, givenUp }: Outcomes,
  failures: Failures,
): { code: ProblemCode; detail: string } {
  if (givenUp && failures?.[givenUp.by]) return worded(givenUp.problem);
  for (const [state, row] of Object.entries(steps).toReversed()) {
    const caught = failures?.[state];
    if (!caught || !row.fails) continue;
    const own = toldByName(row).find((name) => name === caught.Error);
    return own ? worded(own, messageOf(caught.Cause)) : worded(row.fails.problem);
  }
  // No step said that it failed: the execution died, and recovery is at work.
  return worded(interrupted.problem);
}

/** Whether a compensation before this one has failed: what it should have undone may still be there. */
export function isHalfUndone({ compensations }: Outcomes, failures: Failures): boolean {
  return Object.keys(compensations).some((state) => failures?.[state]);
}

/** The errors that the client is told in the step's own words. Any other error says no more than which step it was. */
export function toldByName({ refuses = [], admits = [] }: StepRow): readonly ProblemName[] {
  return [...refuses, ...admits.map(({ problem }) => problem)];
}

function worded(name: ProblemName, detail?: string) {
  return { code: PROBLEMS[name].code, detail: detail ?? PROBLEMS[name].detail };
}

function messageOf(cause: string | undefined): string | undefined {
  try {
    const { errorMessage } = JSON.parse(cause ?? '') as { errorMessage?: unknown };
    return typeof errorMessage === 'string' ? errorMessage : undefined;
  } catch {
    return undefined;
  }
}
