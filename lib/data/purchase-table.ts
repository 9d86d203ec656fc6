import { type RemovalPolicy } from 'aws-cdk-lib';
import {
  AttributeType,
  type GlobalSecondaryIndexPropsV2,
  ProjectionType,
  StreamViewType,
  type TablePropsV2,
  TableV2,
} from 'aws-cdk-lib/aws-dynamodb';
import { type Function } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import { BUYERS_INDEX } from '../../lambda/shared/address-hash';
import { HANDLED_KEY_PREFIX } from '../../lambda/domain-event/handled-events';
import { REFERENCES_INDEX } from '../../lambda/shared/reference';
import { AUDIT_LOG_KEY } from '../../lambda/recovery/audit-log';
import { BALANCE_KEY } from '../../lambda/purchase/empty-balance';
import { INSTALLATION_KEY } from '../../lambda/purchase/installation';
import { DUE, EVENTS_INDEX, UNSETTLED } from '../../lambda/purchase/purchase-repository';
import { UNPAID_KEY_PREFIX } from '../../lambda/purchase/unpaid-seats';
import { UNSUBSCRIBED_KEY_PREFIX } from '../../lambda/purchase/unsubscriptions';
import { ENVIRONMENT } from '../../lambda/shared/environment';
import { buyersIndex } from './buyers-index';
import { shardedIndex } from './sharded-index';
import { TableGrants } from './table-grants';

export interface PurchaseTableProps extends Pick<TablePropsV2, 'tags' | 'warmThroughput'> {
  readonly removalPolicy: RemovalPolicy;
  readonly deletionProtection: boolean;
  /** @default every index is made */
  readonly withoutIndexes?: readonly string[] | undefined;
}

/**
 * Purchases, by id. The sparse index `due` holds only those for which something is still to be done, by the time from which
 * recovery may take them; it carries keys alone, so a status change does not write to it. `references` finds a purchase by its reference,
 * `buyers` by its buyer's e-mail address, `events` by its event.
 */
export class PurchaseTable extends Construct {
  readonly table: TableV2;
  private readonly grants: TableGrants;
  readonly indexNames: readonly string[] = [UNSETTLED.name, REFERENCES_INDEX, DUE.name];
  /** Of the indexes that people alone read. */
  readonly searchIndexNames: readonly string[] = [BUYERS_INDEX.name, EVENTS_INDEX.name];

  constructor(scope: Construct, id: string, { withoutIndexes = [], ...props }: PurchaseTableProps) {
    super(scope, id);
    this.table = new TableV2(this, 'Resource', {
      ...props,
      partitionKey: { name: 'purchaseId', type: AttributeType.STRING },
      // Of purchases for which nothing is to be done, and of counts of unpaid seats; of nothing else.
      timeToLiveAttribute: 'expiresAt',
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      // What domain events are made of. Switched on without interruption (AWS::DynamoDB::GlobalTable, read November 2026).
      dynamoStream: StreamViewType.NEW_AND_OLD_IMAGES,
      globalSecondaryIndexes: without(withoutIndexes, [
        shardedIndex(UNSETTLED),
        {
          indexName: REFERENCES_INDEX,
          partitionKey: { name: 'reference', type: AttributeType.STRING },
          projectionType: ProjectionType.KEYS_ONLY,
        },
        shardedIndex(DUE),
        buyersIndex,
        {
          indexName: EVENTS_INDEX.name,
          partitionKey: { name: EVENTS_INDEX.shard, type: AttributeType.STRING },
          sortKey: { name: EVENTS_INDEX.time, type: AttributeType.NUMBER },
          projectionType: ProjectionType.KEYS_ONLY,
        },
      ]),
    });
    this.grants = new TableGrants(this.table, ENVIRONMENT.purchaseTable);
  }

  /** Open a purchase, or record that it was refused; count the seats of a free one as unpaid, within the bound. */
  grantOpen(grantee: Function, unpaidBound: number): void {
    this.grants.give(grantee, 'dynamodb:PutItem');
    this.grants.giveItems(grantee, [INSTALLATION_KEY, `${UNPAID_KEY_PREFIX}*`], 'dynamodb:UpdateItem');
    grantee.addEnvironment(ENVIRONMENT.unpaidSeats, String(unpaidBound));
  }

  /**
   * Record the payment's progress, and in a new table, which installation it is; count seats as unpaid, within the bound, and
   * take them off.
   */
  grantRecordPayment(grantee: Function, unpaidBound: number): void {
    this.grants.give(grantee, 'dynamodb:UpdateItem');
    grantee.addEnvironment(ENVIRONMENT.unpaidSeats, String(unpaidBound));
  }

  /** Confirm the sale. */
  grantConfirm(grantee: Function): void {
    this.grants.give(grantee, 'dynamodb:UpdateItem');
  }

  /** Claim a purchase for compensation. */
  grantClaim(grantee: Function): void {
    this.grants.give(grantee, 'dynamodb:UpdateItem');
  }

  /**
   * Claim a purchase and settle it as failed, or close the key of one that never opened; its seats no longer count as unpaid.
   */
  grantSettle(grantee: Function): void {
    this.grants.give(grantee, 'dynamodb:UpdateItem', 'dynamodb:PutItem');
  }

  grantRead(grantee: Function): void {
    this.grants.give(grantee, 'dynamodb:GetItem');
  }

  /**
   * Look purchases up, also by the name of a ticket, go through all of them for what older versions have left out, and note how far the
   * audits have come.
   */
  grantAudit(grantee: Function): void {
    this.grants.give(grantee, 'dynamodb:GetItem', 'dynamodb:BatchGetItem', 'dynamodb:Scan');
    this.grants.giveIndex(grantee, REFERENCES_INDEX);
    this.grants.giveItems(grantee, [AUDIT_LOG_KEY], 'dynamodb:PutItem');
  }

  /** Find purchases by their event, their reference or their buyer. */
  grantFind(grantee: Function): void {
    this.grants.give(grantee, 'dynamodb:GetItem', 'dynamodb:BatchGetItem');
    for (const index of [EVENTS_INDEX.name, REFERENCES_INDEX, BUYERS_INDEX.name])
      this.grants.giveIndex(grantee, index);
  }

  /** Read a sale, count that its tickets are sent again, and correct its buyer's address. */
  grantCorrect(grantee: Function): void {
    this.grants.giveIndex(grantee, REFERENCES_INDEX);
    this.grants.give(grantee, 'dynamodb:GetItem', 'dynamodb:UpdateItem');
  }

  /** Find the other purchases of a buyer. */
  grantFindOthers(grantee: Function): void {
    this.grants.giveIndex(grantee, BUYERS_INDEX.name);
  }

  /** Find the purchases of a buyer, and forget whose they are. */
  grantErase(grantee: Function): void {
    this.grants.giveIndex(grantee, BUYERS_INDEX.name);
    this.grants.give(grantee, 'dynamodb:GetItem', 'dynamodb:UpdateItem');
  }

  /** Note what has been delivered to the buyer. */
  grantLogDelivery(grantee: Function): void {
    this.grants.give(grantee, 'dynamodb:UpdateItem');
  }

  /** See who has unsubscribed from marketing. */
  grantReadUnsubscriptions(grantee: Function): void {
    this.grants.giveItems(grantee, [`${UNSUBSCRIBED_KEY_PREFIX}*`], 'dynamodb:GetItem');
  }

  /** Note that somebody has unsubscribed from marketing. */
  grantUnsubscribe(grantee: Function): void {
    this.grants.giveItems(grantee, [`${UNSUBSCRIBED_KEY_PREFIX}*`], 'dynamodb:PutItem');
  }

  /** Find a purchase by its reference, and note what became of its e-mail. */
  grantNoteMailEvent(grantee: Function): void {
    this.grants.giveIndex(grantee, REFERENCES_INDEX);
    this.grants.give(grantee, 'dynamodb:GetItem', 'dynamodb:UpdateItem');
  }

  /** Find a purchase by its reference, and note which of its events the app has had. */
  grantUpdateApp(grantee: Function): void {
    this.grants.giveIndex(grantee, REFERENCES_INDEX);
    this.grants.give(grantee, 'dynamodb:GetItem');
    this.grants.giveItems(grantee, [`${HANDLED_KEY_PREFIX}*`], 'dynamodb:UpdateItem');
  }

  /** Read a sale and claim it to cancel it. */
  grantCancel(grantee: Function): void {
    this.grants.giveIndex(grantee, REFERENCES_INDEX);
    this.grants.give(grantee, 'dynamodb:GetItem', 'dynamodb:UpdateItem');
  }

  /** Read a sale and note whom its tickets have let in. */
  grantAdmit(grantee: Function): void {
    this.grants.give(grantee, 'dynamodb:GetItem', 'dynamodb:UpdateItem');
  }

  /** Note what has become of a sale's payment since. */
  grantFollowPayment(grantee: Function): void {
    this.grants.give(grantee, 'dynamodb:GetItem', 'dynamodb:UpdateItem');
  }

  /** Note that Stripe's balance is empty: no purchase. */
  grantNoteBalance(grantee: Function): void {
    this.grants.giveItems(grantee, [BALANCE_KEY], 'dynamodb:UpdateItem');
  }

  /** Look up the purchases of an event, and whether Stripe's balance is empty. */
  grantFollowEvent(grantee: Function): void {
    this.grants.give(grantee, 'dynamodb:GetItem', 'dynamodb:BatchGetItem');
  }

  /** Look up the purchases of an event that has changed, and note what their buyers know. */
  grantAnnounceChange(grantee: Function): void {
    this.grants.give(grantee, 'dynamodb:GetItem', 'dynamodb:BatchGetItem', 'dynamodb:UpdateItem');
  }

  /** Take up a purchase that waits for its buyer. */
  grantResume(grantee: Function): void {
    this.grants.give(grantee, 'dynamodb:UpdateItem');
  }

  /** Find the purchases that are due. */
  grantFindDue(grantee: Function): void {
    this.grants.giveIndex(grantee, DUE.name);
    this.grants.giveIndex(grantee, UNSETTLED.name);
  }
}

/** @throws Error for a name that is no index */
function without(
  left: readonly string[],
  indexes: readonly GlobalSecondaryIndexPropsV2[],
): GlobalSecondaryIndexPropsV2[] {
  const unknown = left.filter((name) => !indexes.some(({ indexName }) => indexName === name));
  if (unknown.length > 0) throw new Error(`The purchase table has no index ${unknown.join(', ')}`);
  return indexes.filter(({ indexName }) => !left.includes(indexName));
}
