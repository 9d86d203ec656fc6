import { UnsupportedLocally } from '../aws/aws-service';

/** A policy that may be attached to a user. */
export interface ManagedPolicy {
  allows(action: string, resource: string): boolean;
}

interface Statement {
  readonly Effect: 'Allow' | 'Deny';
  readonly Action: string | readonly string[];
  readonly Resource: string | readonly string[];
}

const READ = ['Effect', 'Action', 'Resource', 'Sid'];

/**
 * What a policy document says by itself ("Policy evaluation logic", read November 2026): a statement that denies wins, what none
 * allows is denied.
 *
 * @throws UnsupportedLocally for a statement with conditions, or one that says what it is not about
 */
export function managedPolicy({
  Statement,
}: {
  readonly Statement: Statement | readonly Statement[];
}): ManagedPolicy {
  const statements = [Statement].flat() as readonly Statement[];
  for (const statement of statements) {
    const other = Object.keys(statement).find((name) => !READ.includes(name));
    if (other) throw new UnsupportedLocally(`The element ${other} of a statement of AWS::IAM::ManagedPolicy`);
  }
  const says = (effect: Statement['Effect'], action: string, resource: string) =>
    statements.some(
      ({ Effect, Action, Resource }) =>
        Effect === effect && matches(Action, action, 'i') && matches(Resource, resource),
    );
  return {
    allows: (action, resource) => says('Allow', action, resource) && !says('Deny', action, resource),
  };
}

/** `*` is any text, slashes too, and `?` any character. Actions are the same in capital letters. */
function matches(patterns: string | readonly string[], text: string, flags = ''): boolean {
  return [patterns].flat().some((pattern) => {
    const escaped = pattern.replace(/[.+^${}()|[\]\\]/g, String.raw`\$&`);
    return new RegExp(`^${escaped.replaceAll('*', '.*').replaceAll('?', '.')}$`, `s${flags}`).test(text);
  });
}
