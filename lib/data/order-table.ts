import { type RemovalPolicy } from 'aws-cdk-lib';
import { AttributeType, type TablePropsV2, TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import { type Function } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import { EVENT_KEYS } from '../../lambda/order/extra-repository';
import { DUE, ORDER_KEYS } from '../../lambda/order/order-repository';
import { INSTALLATION_KEY } from '../../lambda/purchase/installation';
import { BUYERS_INDEX } from '../../lambda/shared/address-hash';
import { UNPAID_KEY_PREFIX } from '../../lambda/purchase/unpaid-seats';
import { ENVIRONMENT } from '../../lambda/shared/environment';
import { buyersIndex } from './buyers-index';
import { shardedIndex } from './sharded-index';
import { TableGrants } from './table-grants';

export interface OrderTableProps extends Pick<TablePropsV2, 'tags'> {
  readonly removalPolicy: RemovalPolicy;
  readonly deletionProtection: boolean;
}

/**
 * Extras with their stock, orders, and what orders have reserved. See `lambda/order/extra-repository.ts` and
 * `lambda/order/order-repository.ts` for the items. A table of its own: a function that deals with orders can touch no seat and no
 * purchase, and one of the checkout no order.
 *
 * The sparse index `due` holds only the orders for which something is still to be done; `buyers` finds an order by its buyer's e-mail
 * address.
 */
export class OrderTable extends Construct {
  readonly table: TableV2;
  private readonly grants: TableGrants;
  readonly indexNames: readonly string[] = [DUE.name];
  /** Of the index that people alone read. */
  readonly searchIndexNames: readonly string[] = [BUYERS_INDEX.name];

  constructor(scope: Construct, id: string, props: OrderTableProps) {
    super(scope, id);
    this.table = new TableV2(this, 'Resource', {
      ...props,
      partitionKey: { name: 'pk', type: AttributeType.STRING },
      sortKey: { name: 'sk', type: AttributeType.STRING },
      // Of orders for which nothing is to be done, with what they have reserved; and of counts of unpaid extras.
      timeToLiveAttribute: 'expiresAt',
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      globalSecondaryIndexes: [shardedIndex(DUE), buyersIndex],
    });
    this.grants = new TableGrants(this.table, ENVIRONMENT.orderTable);
  }

  /** Replace the extras of an event. */
  grantReplaceExtras(grantee: Function): void {
    this.grants.giveItems(grantee, [`${EVENT_KEYS}*`], 'dynamodb:Query', 'dynamodb:UpdateItem');
  }

  /** Read the extras of an event: no order, and so no buyer. */
  grantReadExtras(grantee: Function): void {
    this.grants.giveItems(grantee, [`${EVENT_KEYS}*`], 'dynamodb:Query');
  }

  /** Write orders down, with the key under which their buyer's address is counted: it needs to know which table this is. */
  grantOpen(grantee: Function): void {
    this.grants.giveItems(grantee, [`${ORDER_KEYS}*`], 'dynamodb:PutItem');
    this.grants.giveItems(grantee, [INSTALLATION_KEY], 'dynamodb:UpdateItem');
  }

  grantRead(grantee: Function): void {
    this.grants.giveItems(grantee, [`${ORDER_KEYS}*`], 'dynamodb:GetItem');
  }

  /** Take an order, read the extras, and note what it costs, or that it is refused. */
  grantValidate(grantee: Function): void {
    this.grants.giveItems(grantee, [`${ORDER_KEYS}*`], 'dynamodb:UpdateItem');
    this.grants.giveItems(grantee, [`${EVENT_KEYS}*`], 'dynamodb:Query');
  }

  /** Take an order's extras off the stock, with the note of whose they are, and count free ones as unpaid, within the bound. */
  grantReserve(grantee: Function, unpaidBound: number): void {
    this.grants.giveItems(grantee, [`${ORDER_KEYS}*`], 'dynamodb:GetItem', 'dynamodb:UpdateItem');
    this.grants.giveItems(grantee, [`${EVENT_KEYS}*`], 'dynamodb:UpdateItem', 'dynamodb:PutItem');
    this.grantCountUnpaid(grantee);
    grantee.addEnvironment(ENVIRONMENT.unpaidExtras, String(unpaidBound));
  }

  /** Record the payment's progress, take what is paid for off what is unpaid, and in a new table, which installation it is. */
  grantRecordPayment(grantee: Function): void {
    this.grants.giveItems(grantee, [`${ORDER_KEYS}*`], 'dynamodb:GetItem', 'dynamodb:UpdateItem');
    this.grants.giveItems(grantee, [INSTALLATION_KEY, `${UNPAID_KEY_PREFIX}*`], 'dynamodb:UpdateItem');
  }

  /** Let an order wait for its buyer, and count its extras as unpaid, within the bound. */
  grantAwait(grantee: Function, unpaidBound: number): void {
    this.grants.giveItems(grantee, [`${ORDER_KEYS}*`], 'dynamodb:GetItem', 'dynamodb:UpdateItem');
    this.grantCountUnpaid(grantee);
    grantee.addEnvironment(ENVIRONMENT.unpaidExtras, String(unpaidBound));
  }

  private grantCountUnpaid(grantee: Function): void {
    this.grants.giveItems(grantee, [`${UNPAID_KEY_PREFIX}*`], 'dynamodb:UpdateItem');
  }

  /** Claim an order for compensation. */
  grantClaim(grantee: Function): void {
    this.grants.giveItems(grantee, [`${ORDER_KEYS}*`], 'dynamodb:UpdateItem');
  }

  /** Claim an order, give back what it has of the stock, also to what its address may have unpaid, and settle it as failed. */
  grantRestore(grantee: Function): void {
    this.grantClaim(grantee);
    this.grantCountUnpaid(grantee);
    this.grants.giveItems(grantee, [`${EVENT_KEYS}*`], 'dynamodb:UpdateItem', 'dynamodb:DeleteItem');
  }

  /** Read an order, and note that its buyer is told. */
  grantTell(grantee: Function): void {
    this.grants.giveItems(grantee, [`${ORDER_KEYS}*`], 'dynamodb:GetItem', 'dynamodb:UpdateItem');
  }

  /** Note what has become of an order's payment; give its extras back when all of it was given back. */
  grantFollowPayment(grantee: Function): void {
    this.grants.giveItems(grantee, [`${ORDER_KEYS}*`], 'dynamodb:GetItem', 'dynamodb:UpdateItem');
    this.grants.giveItems(grantee, [`${EVENT_KEYS}*`], 'dynamodb:UpdateItem', 'dynamodb:DeleteItem');
    this.grants.giveItems(grantee, [INSTALLATION_KEY], 'dynamodb:GetItem');
  }

  /** Go over the orders of an event that is cancelled, and revoke them. */
  grantCancelEvent(grantee: Function): void {
    this.grantFollowEvent(grantee);
    this.grants.giveItems(grantee, [`${ORDER_KEYS}*`], 'dynamodb:UpdateItem');
    this.grants.giveItems(grantee, [`${EVENT_KEYS}*`], 'dynamodb:PutItem');
  }

  /** See what has become of the orders of an event that is cancelled. */
  grantFollowEvent(grantee: Function): void {
    this.grants.giveItems(grantee, [`${ORDER_KEYS}*`], 'dynamodb:BatchGetItem');
    this.grants.giveItems(grantee, [`${EVENT_KEYS}*`], 'dynamodb:Query');
  }

  /** Look orders up, keep them as long as their event says, and go through all of them for what older versions have left out. */
  grantAudit(grantee: Function): void {
    this.grants.give(grantee, 'dynamodb:Scan');
    this.grants.giveItems(grantee, [`${ORDER_KEYS}*`], 'dynamodb:BatchGetItem', 'dynamodb:UpdateItem');
    this.grants.giveItems(grantee, [`${EVENT_KEYS}*`], 'dynamodb:Query', 'dynamodb:UpdateItem');
  }

  /** Find the orders of a buyer, and forget whose they are. */
  grantErase(grantee: Function): void {
    this.grants.giveIndex(grantee, BUYERS_INDEX.name);
    this.grants.giveItems(grantee, [`${ORDER_KEYS}*`], 'dynamodb:GetItem', 'dynamodb:UpdateItem');
  }

  /** Find the orders that are due. */
  grantFindDue(grantee: Function): void {
    this.grants.giveIndex(grantee, DUE.name);
  }
}
