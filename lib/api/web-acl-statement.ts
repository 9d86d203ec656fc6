import { type CfnWebACL } from 'aws-cdk-lib/aws-wafv2';

type Statement = CfnWebACL.StatementProperty;
type Field = CfnWebACL.FieldToMatchProperty;

/** What of a request a statement looks at. */
export const field = {
  method: { method: {} },
  uriPath: { uriPath: {} },
  header: (name: string): Field => ({ singleHeader: { Name: name } }),
};

const UNCHANGED = [{ priority: 0, type: 'NONE' }];

export function equals(fieldToMatch: Field, searchString: string): Statement {
  return {
    byteMatchStatement: {
      ...{ fieldToMatch, searchString, positionalConstraint: 'EXACTLY' },
      textTransformations: UNCHANGED,
    },
  };
}

export function matches(fieldToMatch: Field, regexString: string): Statement {
  return { regexMatchStatement: { fieldToMatch, regexString, textTransformations: UNCHANGED } };
}

export function not(statement: Statement): Statement {
  return { notStatement: { statement } };
}

/** AND and OR take two statements or more, and one stands for itself. */
export function all(statements: readonly Statement[]): Statement {
  return statements.length === 1 ? statements[0]! : { andStatement: { statements: [...statements] } };
}

export function any(statements: readonly Statement[]): Statement {
  return statements.length === 1 ? statements[0]! : { orStatement: { statements: [...statements] } };
}
