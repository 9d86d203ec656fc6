import { CfnOutput, Duration, RemovalPolicy, Stack, type StackProps } from 'aws-cdk-lib';
import { type Construct } from 'constructs';
import { type StageConfig } from './config';
import { AccessLogBucket } from './data/access-log-bucket';
import { AddressSecret } from './data/address-secret';
import { ownLogOfAutoDelete } from './data/auto-delete-log';
import { OrderTable } from './data/order-table';
import { PurchaseTable } from './data/purchase-table';
import { SeatTable } from './data/seat-table';
import { PrivateBucket } from './data/private-bucket';
import { SalesCatalog } from './data/sales-catalog';
import { TicketBucket } from './data/ticket-bucket';
import { TicketSecret } from './data/ticket-secret';

export interface DataStackProps extends StackProps {
  readonly config: StageConfig;
}

/** What must outlive every deployment: seats, purchases, orders, tickets and their key, sales. */
export class DataStack extends Stack {
  readonly seats: SeatTable;
  readonly purchases: PurchaseTable;
  readonly orders: OrderTable;
  readonly tickets: TicketBucket;
  readonly ticketSecret: TicketSecret;
  readonly addressSecret: AddressSecret;
  readonly sales: PrivateBucket;

  constructor(scope: Construct, id: string, { config, ...props }: DataStackProps) {
    super(scope, id, props);
    const retention = {
      removalPolicy: config.retainData ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
      deletionProtection: config.retainData,
    };

    // A stack's tags do not reach the replicas of a global table, which is what a table is to CloudFormation here.
    const tags = Object.entries(props.tags ?? {}).map(([key, value]) => ({ key, value }));
    const { seats, purchases } = config.warmThroughput ?? {};
    this.seats = new SeatTable(this, 'SeatTable', { ...retention, tags, warmThroughput: seats });
    this.purchases = new PurchaseTable(this, 'PurchaseTable', {
      ...{ ...retention, tags, warmThroughput: purchases, withoutIndexes: config.withoutIndexes },
    });
    this.orders = new OrderTable(this, 'OrderTable', { ...retention, tags });
    const accessLogs = new AccessLogBucket(this, 'AccessLogBucket', {
      removalPolicy: retention.removalPolicy,
      expireAfter: Duration.days(config.logRetention),
    });
    this.tickets = new TicketBucket(this, 'TicketBucket', {
      ...{ ...retention, accessLogs },
      oldVersionsExpireAfter: config.ticketVersionRetention,
    });
    this.ticketSecret = new TicketSecret(this, 'TicketSecret', retention);
    this.addressSecret = new AddressSecret(this, 'AddressSecret', retention);
    this.sales = new PrivateBucket(this, 'SalesBucket', {
      ...{ ...retention, accessLogs },
      oldVersionsExpireAfter: Duration.days(7),
    });
    new SalesCatalog(this, 'SalesCatalog', {
      ...retention,
      stage: config.name,
      sales: this.sales,
      accessLogs,
    });

    // For one deployment: the stack Notification of the version before imports it, and is deployed after this one.
    this.exportValue(this.sales.bucketName);

    ownLogOfAutoDelete(this, config.logRetention);

    // What `npm run smoke` cleans up in, and the runbook looks at.
    new CfnOutput(this, 'SeatTableName', { value: this.seats.table.tableName });
    new CfnOutput(this, 'PurchaseTableName', { value: this.purchases.table.tableName });
    new CfnOutput(this, 'OrderTableName', { value: this.orders.table.tableName });
    new CfnOutput(this, 'TicketBucketName', { value: this.tickets.bucketName });
    new CfnOutput(this, 'SalesBucketName', { value: this.sales.bucketName });
  }
}
