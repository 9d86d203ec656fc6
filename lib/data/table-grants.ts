import { type TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import { Grant } from 'aws-cdk-lib/aws-iam';
import { type Function } from 'aws-cdk-lib/aws-lambda';

/**
 * How a table gives access: exactly the actions that are named, and the table's name in the environment. Not `table.grant`, which gives
 * the indexes as well.
 */
export class TableGrants {
  /** @param variable in which a function finds the table's name */
  constructor(
    private readonly table: TableV2,
    private readonly variable: string,
  ) {}

  /** To every item. */
  give(grantee: Function, ...actions: string[]): void {
    this.add(grantee, actions, this.table.tableArn);
  }

  /** To the items of these partitions alone; `*` stands for any text. */
  giveItems(grantee: Function, keys: readonly string[], ...actions: string[]): void {
    const operator = keys.some((key) => key.includes('*')) ? 'StringLike' : 'StringEquals';
    this.add(grantee, actions, this.table.tableArn, {
      [`ForAllValues:${operator}`]: { 'dynamodb:LeadingKeys': keys },
    });
  }

  giveIndex(grantee: Function, index: string): void {
    this.add(grantee, ['dynamodb:Query'], `${this.table.tableArn}/index/${index}`);
  }

  private add(
    grantee: Function,
    actions: string[],
    resourceArn: string,
    conditions?: Record<string, Record<string, unknown>>,
  ): void {
    Grant.addToPrincipal({
      grantee,
      actions,
      resourceArns: [resourceArn],
      ...(conditions && { conditions }),
    });
    grantee.addEnvironment(this.variable, this.table.tableName);
  }
}
