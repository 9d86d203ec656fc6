/**
 * Tags of a state machine: what it is for (`checkout`, `recovery`), and whose stage it is. Alarms, console, fault harness and
 * `npm run redrive` find workflows by them, never by the type: the physical name, which CloudFormation makes up, tells neither.
 */
export const ROLE_TAG = 'eventpro:role';
export const STAGE_TAG = 'eventpro:stage';

/** What a state machine, or an execution of it, is for. */
export function roleOf({ tags }: { readonly tags: Readonly<Record<string, string>> }): string | undefined {
  return tags[ROLE_TAG];
}
