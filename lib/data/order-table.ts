import { type RemovalPolicy } from 'aws-cdk-lib';
import { AttributeType, ProjectionType, type TablePropsV2, TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import { Grant } from 'aws-cdk-lib/aws-iam';
import { type Function } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import { EVENT_KEYS } from '../../lambda/order/extra-repository';
import { DUE_INDEX, ORDER_KEYS } from '../../lambda/order/order-repository';
import { INSTALLATION_KEY } from '../../lambda/purchase/installation';
import { ENVIRONMENT } from '../../lambda/shared/environment';

export interface OrderTableProps extends Pick<TablePropsV2, 'tags'> {
  readonly removalPolicy: RemovalPolicy;
  readonly deletionProtection: boolean;
}

/**
 * Extras with their stock, orders, and what orders have reserved. See `lambda/order/extra-repository.ts` and
 * `lambda/order/order-repository.ts` for the items. A table of its own: a function that deals with orders can touch no seat and no
 * purchase, and one of the checkout no order.
 *
 * The sparse index `due` holds only the orders for which something is still to be done.
 */
export class OrderTable extends Construct {
  readonly table: TableV2;
  readonly indexNames: readonly string[] = [DUE_INDEX];

  constructor(scope: Construct, id: string, props: OrderTableProps) {
    super(scope, id);
    this.table = new TableV2(this, 'Resource', {
      ...props,
      partitionKey: { name: 'pk', type: AttributeType.STRING },
      sortKey: { name: 'sk', type: AttributeType.STRING },
      // Of orders that failed; of nothing else.
      timeToLiveAttribute: 'expiresAt',
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      globalSecondaryIndexes: [
        {
          indexName: DUE_INDEX,
          partitionKey: { name: 'dueShard', type: AttributeType.STRING },
          sortKey: { name: 'dueAt', type: AttributeType.NUMBER },
          projectionType: ProjectionType.KEYS_ONLY,
        },
      ],
    });
  }

  /** Replace the extras of an event. */
  grantReplaceExtras(grantee: Function): void {
    this.grantOnItems(grantee, [`${EVENT_KEYS}*`], 'dynamodb:Query', 'dynamodb:UpdateItem');
  }

  /** Read the extras of an event: no order, and so no buyer. */
  grantReadExtras(grantee: Function): void {
    this.grantOnItems(grantee, [`${EVENT_KEYS}*`], 'dynamodb:Query');
  }

  /** Write orders down. */
  grantOpen(grantee: Function): void {
    this.grantOnItems(grantee, [`${ORDER_KEYS}*`], 'dynamodb:PutItem');
  }

  grantRead(grantee: Function): void {
    this.grantOnItems(grantee, [`${ORDER_KEYS}*`], 'dynamodb:GetItem');
  }

  /** Take an order, read the extras, and note what it costs, or that it is refused. */
  grantValidate(grantee: Function): void {
    this.grantOnItems(grantee, [`${ORDER_KEYS}*`], 'dynamodb:UpdateItem');
    this.grantOnItems(grantee, [`${EVENT_KEYS}*`], 'dynamodb:Query');
  }

  /** Take an order's extras off the stock, with the note of whose they are. */
  grantReserve(grantee: Function): void {
    this.grantOnItems(grantee, [`${ORDER_KEYS}*`], 'dynamodb:GetItem', 'dynamodb:UpdateItem');
    this.grantOnItems(grantee, [`${EVENT_KEYS}*`], 'dynamodb:UpdateItem', 'dynamodb:PutItem');
  }

  /** Record the payment's progress, and in a new table, which installation it is. */
  grantRecordPayment(grantee: Function): void {
    this.grantOnItems(grantee, [`${ORDER_KEYS}*`], 'dynamodb:GetItem', 'dynamodb:UpdateItem');
    this.grantOnItems(grantee, [INSTALLATION_KEY], 'dynamodb:UpdateItem');
  }

  /** Claim an order, for its buyer's bank or for compensation. */
  grantClaim(grantee: Function): void {
    this.grantOnItems(grantee, [`${ORDER_KEYS}*`], 'dynamodb:UpdateItem');
  }

  /** Claim an order, give back what it has of the stock, and settle it as failed. */
  grantRestore(grantee: Function): void {
    this.grantClaim(grantee);
    this.grantOnItems(grantee, [`${EVENT_KEYS}*`], 'dynamodb:UpdateItem', 'dynamodb:DeleteItem');
  }

  /** Read an order, and note that its buyer is told. */
  grantTell(grantee: Function): void {
    this.grantOnItems(grantee, [`${ORDER_KEYS}*`], 'dynamodb:GetItem', 'dynamodb:UpdateItem');
  }

  /** Note what has become of an order's payment; give its extras back when all of it was given back. */
  grantFollowPayment(grantee: Function): void {
    this.grantOnItems(grantee, [`${ORDER_KEYS}*`], 'dynamodb:GetItem', 'dynamodb:UpdateItem');
    this.grantOnItems(grantee, [`${EVENT_KEYS}*`], 'dynamodb:UpdateItem', 'dynamodb:DeleteItem');
    this.grantOnItems(grantee, [INSTALLATION_KEY], 'dynamodb:GetItem');
  }

  /** Go over the orders of an event that is cancelled, and revoke them. */
  grantCancelEvent(grantee: Function): void {
    this.grantFollowEvent(grantee);
    this.grantOnItems(grantee, [`${ORDER_KEYS}*`], 'dynamodb:UpdateItem');
    this.grantOnItems(grantee, [`${EVENT_KEYS}*`], 'dynamodb:PutItem');
  }

  /** See what has become of the orders of an event that is cancelled. */
  grantFollowEvent(grantee: Function): void {
    this.grantOnItems(grantee, [`${ORDER_KEYS}*`], 'dynamodb:BatchGetItem');
    this.grantOnItems(grantee, [`${EVENT_KEYS}*`], 'dynamodb:Query');
  }

  /** Look orders up. */
  grantAudit(grantee: Function): void {
    this.grantOnItems(grantee, [`${ORDER_KEYS}*`], 'dynamodb:BatchGetItem');
  }

  /** Find the orders that are due. */
  grantFindDue(grantee: Function): void {
    Grant.addToPrincipal({
      grantee,
      actions: ['dynamodb:Query'],
      resourceArns: [`${this.table.tableArn}/index/${DUE_INDEX}`],
    });
    grantee.addEnvironment(ENVIRONMENT.orderTable, this.table.tableName);
  }

  /** The items of these partitions alone; `*` stands for any text. */
  private grantOnItems(grantee: Function, keys: readonly string[], ...actions: string[]): void {
    Grant.addToPrincipal({
      grantee,
      actions,
      resourceArns: [this.table.tableArn],
      conditions: { 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': keys } },
    });
    grantee.addEnvironment(ENVIRONMENT.orderTable, this.table.tableName);
  }
}
