import { Stage } from 'aws-cdk-lib';
import { type ILogGroup, QueryDefinition, QueryString } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';

export interface SavedQueriesProps {
  /** Of the functions. */
  readonly functionLogs: readonly ILogGroup[];
  /** Of the state machines. */
  readonly executionLogs: readonly ILogGroup[];
}

/** CloudWatch Logs Insights queries, under Saved queries. What stands in capitals is to be replaced. */
export class SavedQueries extends Construct {
  constructor(scope: Construct, id: string, { functionLogs, executionLogs }: SavedQueriesProps) {
    super(scope, id);
    const where = 'coalesce(step, channel, route) as place';
    const save = (
      name: string,
      logGroups: readonly ILogGroup[],
      query: ConstructorParameters<typeof QueryString>[0],
    ) =>
      new QueryDefinition(this, name.replaceAll(' ', ''), {
        queryDefinitionName: `${Stage.of(this)!.stageName}/${name}`,
        logGroups: [...logGroups],
        queryString: new QueryString(query),
      });

    save('The story of one purchase', functionLogs, {
      fields: [
        '@timestamp',
        where,
        'level',
        'message',
        'errorName',
        'outcome',
        'executionId',
        'xray_trace_id',
      ],
      filterStatements: ['@message like /REFERENCE/'],
      sort: '@timestamp asc',
    });
    save('The states of one execution', executionLogs, {
      fields: ['event_timestamp', 'type', 'details.name', 'details.error', 'details.resource'],
      filterStatements: ['execution_arn like /EXECUTION_ID/'],
      sort: 'event_timestamp asc',
      limit: 1_000,
    });
    save('Failures by reason', functionLogs, {
      fields: [where],
      filterStatements: ['ispresent(errorName)'],
      statsStatements: ['count(*) as failures, latest(@timestamp) as last by place, level, errorName'],
      sort: 'failures desc',
    });
  }
}
