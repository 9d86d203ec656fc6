import { type RemovalPolicy } from 'aws-cdk-lib';
import { AttributeType, StreamViewType, type TablePropsV2, TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import { type Function } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import { ANNOUNCING_KEY } from '../../lambda/event/event-announcements';
import { RUNNING_KEY } from '../../lambda/event/event-cancellations';
import { RETENTION_KEY } from '../../lambda/recovery/retention';
import { ENVIRONMENT } from '../../lambda/shared/environment';
import { TableGrants } from './table-grants';

export interface SeatTableProps extends Pick<TablePropsV2, 'tags' | 'warmThroughput'> {
  readonly removalPolicy: RemovalPolicy;
  readonly deletionProtection: boolean;
}

/**
 * Events and their seat maps, held and sold seats. See `lambda/seat/seat-repository.ts` and
 * `lambda/event/event-repository.ts` for the items.
 *
 * A grant names what the function does, gives exactly the actions that takes, and tells it the table's name.
 */
export class SeatTable extends Construct {
  readonly table: TableV2;
  private readonly grants: TableGrants;

  constructor(scope: Construct, id: string, props: SeatTableProps) {
    super(scope, id);
    this.table = new TableV2(this, 'Resource', {
      ...props,
      partitionKey: { name: 'pk', type: AttributeType.STRING },
      sortKey: { name: 'sk', type: AttributeType.STRING },
      // Only cleans up: the condition of the next hold says whether one has expired.
      timeToLiveAttribute: 'expiresAt',
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      // What domain events are made of. Switched on without interruption (AWS::DynamoDB::GlobalTable, read November 2026).
      dynamoStream: StreamViewType.NEW_AND_OLD_IMAGES,
    });
    this.grants = new TableGrants(this.table, ENVIRONMENT.seatTable);
  }

  /** Read a layout and put holds. */
  grantHold(grantee: Function): void {
    this.grants.give(grantee, 'dynamodb:GetItem', 'dynamodb:PutItem');
  }

  /** Turn holds into sold seats. */
  grantSell(grantee: Function): void {
    this.grants.give(grantee, 'dynamodb:UpdateItem');
  }

  /** Give holds back, and sold seats of cancelled sales. */
  grantRelease(grantee: Function): void {
    this.grants.give(grantee, 'dynamodb:DeleteItem');
  }

  /** List a sale among the revoked of its event. */
  grantRevoke(grantee: Function): void {
    this.grants.give(grantee, 'dynamodb:PutItem');
  }

  /** Read which sales of an event are revoked. */
  grantListRevoked(grantee: Function): void {
    this.grants.give(grantee, 'dynamodb:GetItem', 'dynamodb:Query');
  }

  /** Read an event's layout. */
  grantReadLayout(grantee: Function): void {
    this.grants.give(grantee, 'dynamodb:GetItem');
  }

  /** See whether an event is cancelled. */
  grantReadCancellation(grantee: Function): void {
    this.grants.give(grantee, 'dynamodb:GetItem');
  }

  /** Read the revisions of an event. */
  grantReadRevisions(grantee: Function): void {
    this.grants.give(grantee, 'dynamodb:GetItem', 'dynamodb:Query');
  }

  grantListEvents(grantee: Function): void {
    this.grants.give(grantee, 'dynamodb:Query');
  }

  /** Read a layout and the seats taken of it. */
  grantReadSeatMap(grantee: Function): void {
    this.grants.give(grantee, 'dynamodb:GetItem', 'dynamodb:Query');
  }

  /** Replace a layout that keeps its taken seats. */
  grantReplaceEvent(grantee: Function): void {
    this.grants.give(grantee, 'dynamodb:GetItem', 'dynamodb:Query', 'dynamodb:PutItem');
  }

  /** Close the sale of an event that is cancelled, and see how far its cancellation has come. */
  grantCloseSale(grantee: Function): void {
    this.grants.give(
      grantee,
      'dynamodb:GetItem',
      'dynamodb:Query',
      'dynamodb:PutItem',
      'dynamodb:UpdateItem',
    );
  }

  /** Go over the seats of an event that is cancelled, and note how far that has come. */
  grantCancelEvent(grantee: Function): void {
    this.grantCloseSale(grantee);
    this.grants.giveItems(grantee, [RUNNING_KEY], 'dynamodb:DeleteItem');
  }

  /** See how far the cancellation of an event has come. */
  grantReadProgress(grantee: Function): void {
    this.grants.give(grantee, 'dynamodb:GetItem', 'dynamodb:Query');
  }

  /** Go over the seats of an event that has changed, and note how far that has come. */
  grantAnnounceChange(grantee: Function): void {
    this.grants.give(grantee, 'dynamodb:GetItem', 'dynamodb:Query', 'dynamodb:UpdateItem');
    this.grants.giveItems(grantee, [ANNOUNCING_KEY], 'dynamodb:DeleteItem');
  }

  /** Find work on events whose execution is silent, and take it over. */
  grantReviveExecutions(grantee: Function): void {
    this.grants.giveItems(grantee, [RUNNING_KEY, ANNOUNCING_KEY], 'dynamodb:Query', 'dynamodb:UpdateItem');
  }

  /** Read the taken seats of all events, give holds back, and keep what is sold as long as its event says. */
  grantAudit(grantee: Function): void {
    this.grants.give(
      grantee,
      'dynamodb:GetItem',
      'dynamodb:Query',
      'dynamodb:DeleteItem',
      'dynamodb:UpdateItem',
    );
    this.grants.giveItems(grantee, [RETENTION_KEY], 'dynamodb:PutItem');
  }
}
