import { PROBLEMS } from '../../lambda/shared/problem';
import { type Answer } from '../../harness/eventpro-client';

/** What must never reach a client: where code lies, what AWS calls things, what was thrown. */
const INTERNALS =
  /arn:|\bat .+:\d+|node_modules|\/lambda\/|\.ts\b|\.js\b|stack|trace|errorType|errorMessage|"[Cc]ause"|InjectedFault|Exception|States\./;

const MEMBERS = ['type', 'title', 'status', 'detail', 'code', 'purchaseId'];
/** What a problem says beside its words, by its code. */
const MORE: Readonly<Record<string, readonly string[]>> = {
  PRICE_CHANGED: ['amount', 'currency'],
  ALREADY_ADMITTED: ['admittedAt', 'gate'],
  TICKET_NOT_VALID: ['reason'],
};

/** The answer is an RFC 9457 problem of this status and code, and tells nothing of the inside. */
export function expectProblem(
  { status, headers, text, body }: Answer,
  expected: { status: number; code: string; purchaseId?: string },
): void {
  const problem = body as Record<string, unknown>;
  const known = Object.values(PROBLEMS).find(({ code }) => code === expected.code);

  expect(status).toBe(expected.status);
  expect(problem).toMatchObject({ status: expected.status, code: expected.code });
  expect(headers.get('content-type')).toBe('application/problem+json');
  expect(Object.keys(problem).filter((member) => !MEMBERS.includes(member))).toEqual(
    MORE[expected.code] ?? [],
  );
  expect(problem.type).toBe(`urn:eventpro:problem:${expected.code.toLowerCase().replaceAll('_', '-')}`);
  expect(problem.title).toEqual(known?.title ?? expect.stringMatching(/\w/));
  expect(problem.detail).toEqual(expect.stringMatching(/\w/));
  expect(problem.purchaseId).toBe(expected.purchaseId);
  expect(text).not.toMatch(INTERNALS);
}
