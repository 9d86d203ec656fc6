import type * as repository from '../lambda/purchase/purchase-repository';
import { REDRIVE_TAG } from '../lib/notification/redrive-tag';
import { messageOf } from '../local/aws/error-message';
import { LOCAL_CREDENTIALS, LOCAL_REGION } from '../local/aws/aws-service';
import { type Cloud } from '../local/core/cloud';
import { json, refusal, type Routes } from '../local/http/route';
import { SQS } from '../local/sqs/plugin';
import type * as deadLetters from './redrive/dead-letters';
import type * as escalations from './redrive/escalations';

/** Of a queue that `npm run redrive -- --queue escalations` goes through. */
const ESCALATIONS = /\/escalations$/;

/** Tries again what was given up, as `npm run redrive` does for a deployed stage: by the same code, over the services' own APIs. */
export function redriveRoute(cloud: Cloud, stageName: string): Routes {
  return {
    'POST /local/queues/*/redrive': async ([name = '']) => {
      const queue = cloud
        .get(SQS)
        .list()
        .find((each) => each.name === name);
      if (!queue) return refusal(404, `There is no queue ${name}.`);
      const said: string[] = [];
      try {
        const about = { queueUrl: queue.url, dryRun: false, print: (line: string) => void said.push(line) };
        if (ESCALATIONS.test(queue.tags.get(REDRIVE_TAG) ?? '')) await redriveEscalations(about);
        else await redriveDeadLetters(about);
      } catch (error) {
        return refusal(409, [...said, messageOf(error)].join('\n'));
      }
      return json(200, { said });
    },
  };

  async function redriveDeadLetters(about: About): Promise<void> {
    const { SQSClient } = await import('@aws-sdk/client-sqs');
    const { redriveDeadLetters: redrive } = load<typeof deadLetters>('./redrive/dead-letters');
    await redrive({ ...about, sqs: new SQSClient(connection(cloud.urls.aws!)) });
  }

  async function redriveEscalations(about: About): Promise<void> {
    const { SQSClient } = await import('@aws-sdk/client-sqs');
    const { SFNClient } = await import('@aws-sdk/client-sfn');
    const { DynamoDBClient } = await import('@aws-sdk/client-dynamodb');
    const { DynamoDBDocumentClient } = await import('@aws-sdk/lib-dynamodb');
    const { redriveEscalations: redrive } = load<typeof escalations>('./redrive/escalations');
    const { PurchaseRepository } = load<typeof repository>('../lambda/purchase/purchase-repository');
    const { PurchaseTableName } = cloud.outputs.get(`${stageName}-Data`)!;
    const documents = DynamoDBDocumentClient.from(new DynamoDBClient(connection(cloud.urls.dynamodb!)));
    await redrive({
      ...{ ...about, stageName },
      sqs: new SQSClient(connection(cloud.urls.aws!)),
      sfn: new SFNClient(connection(cloud.urls.aws!)),
      purchases: new PurchaseRepository(documents, PurchaseTableName as string),
    });
  }
}

interface About {
  readonly queueUrl: string;
  readonly dryRun: boolean;
  readonly print: (line: string) => void;
}

/**
 * Loads what the first redrive needs and no start should wait for. Not by `import()`, which knows no TypeScript.
 */
function load<Module>(module: string): Module {
  // eslint-disable-next-line @typescript-eslint/no-require-imports
  return require(module) as Module;
}

function connection(endpoint: string) {
  return { endpoint, region: LOCAL_REGION, credentials: LOCAL_CREDENTIALS };
}
