import * as z from 'zod/mini';
import { isProblemName, type ProblemName, PROBLEMS } from '../shared/problem';
import { type Failure } from './purchase';

/** What a catch of the saga leaves under `$.failures.<StateName>`. `Cause` is the Lambda's error as JSON. */
const caughtSchema = z.object({ Error: z.string(), Cause: z.optional(z.string()) });

/** The failures the saga has caught so far, by state. */
export const failuresSchema = z.optional(z.partialRecord(z.string(), caughtSchema));
export type Failures = z.output<typeof failuresSchema>;

/** What a failed step means for the buyer when its error has no meaning of its own. */
const STEP_PROBLEMS: readonly (readonly [state: string, problem: ProblemName])[] = [
  ['GenerateTicket', 'TicketFailed'],
  ['ProcessPayment', 'PaymentUnavailable'],
  ['ReserveSeat', 'ReservationFailed'],
];

/** What ProcessPayment refuses for good: nothing was charged and nothing will be, so only the seats go back. */
export const PAYMENT_REFUSALS = [
  'PaymentDeclined',
  'PaymentActionRequired',
] as const satisfies readonly ProblemName[];

/** The errors of ProcessPayment that are answers to the buyer; any other is a fault that says no more than its step. */
export const PAYMENT_ANSWERS = [...PAYMENT_REFUSALS, 'PaymentNotPossible'] as const;

const ANSWERS: ReadonlySet<string> = new Set(PAYMENT_ANSWERS);

/** The failure a compensated purchase is settled with: the same code and words the buyer was answered. */
export function failureOf(failures: Failures): Failure {
  for (const [state, problem] of STEP_PROBLEMS) {
    const caught = failures?.[state];
    if (!caught) continue;
    if (ANSWERS.has(caught.Error) && isProblemName(caught.Error)) {
      return {
        code: PROBLEMS[caught.Error].code,
        detail: messageOf(caught.Cause) ?? PROBLEMS[caught.Error].detail,
      };
    }
    return { code: PROBLEMS[problem].code, detail: PROBLEMS[problem].detail };
  }
  // No step said that it failed: the execution died, and recovery is at work.
  return { code: PROBLEMS.CheckoutInterrupted.code, detail: PROBLEMS.CheckoutInterrupted.detail };
}

function messageOf(cause: string | undefined): string | undefined {
  try {
    const { errorMessage } = JSON.parse(cause ?? '') as { errorMessage?: unknown };
    return typeof errorMessage === 'string' ? errorMessage : undefined;
  } catch {
    return undefined;
  }
}
