import { Aws, Duration, RemovalPolicy } from 'aws-cdk-lib';
import { CfnNamedQuery, CfnWorkGroup } from 'aws-cdk-lib/aws-athena';
import { CfnDatabase, CfnTable } from 'aws-cdk-lib/aws-glue';
import { type IBucket } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { type AccessLogBucket } from './access-log-bucket';
import { PrivateBucket } from './private-bucket';
import { SALES_QUERIES } from './sales-queries';
import { FORMER_COLUMNS, SALE_COLUMNS, SALES_FOLDER, SALES_PARTITION } from './sales-table';

export interface SalesCatalogProps {
  /** Name of the stage: two stages of an account share a catalog. */
  readonly stage: string;
  readonly sales: IBucket;
  readonly accessLogs: AccessLogBucket;
  readonly removalPolicy: RemovalPolicy;
}

/** The first day of the projection. Days without sales cost a query nothing. */
const FIRST_DAY = '2026-01-01';

/** A query that would read more is cancelled: half a cent at $5 a terabyte. */
const MAX_BYTES_SCANNED = 1_000_000_000;

/**
 * Makes the sales in the bucket a table that Athena can query: `SELECT … FROM sales WHERE day = '2027-03-20'`.
 *
 * Partitions are projected: the day is computed from the key, so nothing crawls the bucket or registers a new day.
 * Athena generates no names, so database and work group are named after the stage.
 */
export class SalesCatalog extends Construct {
  constructor(scope: Construct, id: string, { stage, sales, accessLogs, removalPolicy }: SalesCatalogProps) {
    super(scope, id);
    const database = new CfnDatabase(this, 'Database', {
      catalogId: Aws.ACCOUNT_ID,
      // Of other characters than letters and digits, Athena takes the underscore alone.
      databaseInput: {
        name: `eventpro_${stage.replaceAll('-', '_')}`,
        description: 'EventPro: what was sold',
      },
    });
    const folder = sales.s3UrlForObject(SALES_FOLDER);
    new CfnTable(this, 'Table', {
      catalogId: Aws.ACCOUNT_ID,
      databaseName: database.ref,
      tableInput: {
        name: 'sales',
        description: 'A line a sale, with lists of its seats; older lines are a seat each. No personal data.',
        tableType: 'EXTERNAL_TABLE',
        partitionKeys: [{ name: SALES_PARTITION, type: 'string' }],
        parameters: {
          classification: 'json',
          'projection.enabled': 'true',
          [`projection.${SALES_PARTITION}.type`]: 'date',
          [`projection.${SALES_PARTITION}.format`]: 'yyyy-MM-dd',
          [`projection.${SALES_PARTITION}.range`]: `${FIRST_DAY},NOW`,
          'storage.location.template': `${folder}/${SALES_PARTITION}=\${${SALES_PARTITION}}/`,
        },
        storageDescriptor: {
          location: `${folder}/`,
          columns: Object.entries({ ...SALE_COLUMNS, ...FORMER_COLUMNS }).map(([name, type]) => ({
            name,
            type,
          })),
          inputFormat: 'org.apache.hadoop.mapred.TextInputFormat',
          outputFormat: 'org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat',
          serdeInfo: { serializationLibrary: 'org.openx.data.jsonserde.JsonSerDe' },
        },
      },
    });

    const results = new PrivateBucket(this, 'Results', {
      ...{ removalPolicy, accessLogs },
      expireAfter: Duration.days(30),
      oldVersionsExpireAfter: Duration.days(1),
    });
    const workGroup = new CfnWorkGroup(this, 'WorkGroup', {
      name: `eventpro-${stage}`,
      recursiveDeleteOption: removalPolicy === RemovalPolicy.DESTROY,
      workGroupConfiguration: {
        // A client cannot override these settings.
        enforceWorkGroupConfiguration: true,
        bytesScannedCutoffPerQuery: MAX_BYTES_SCANNED,
        publishCloudWatchMetricsEnabled: true,
        resultConfiguration: {
          outputLocation: `${results.s3UrlForObject()}/`,
          encryptionConfiguration: { encryptionOption: 'SSE_S3' },
        },
      },
    });
    for (const [name, { description, sql }] of Object.entries(SALES_QUERIES)) {
      new CfnNamedQuery(this, name, {
        ...{ name, description, queryString: sql.trim() },
        database: database.ref,
        workGroup: workGroup.ref,
      });
    }
  }
}
