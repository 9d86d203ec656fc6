import { parseArgs } from 'node:util';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SFNClient } from '@aws-sdk/client-sfn';
import { SQSClient } from '@aws-sdk/client-sqs';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { CHANNEL_NAMES } from '../lambda/purchase/channels';
import { PurchaseRepository } from '../lambda/purchase/purchase-repository';
import { ORDERS_QUEUE } from '../lib/order/order-mail';
import { findTable } from './purchase/find-table';
import { redriveDeadLetters } from '../bin/redrive/dead-letters';
import { redriveEscalations } from '../bin/redrive/escalations';
import { findQueue } from './redrive/find-queue';
import { messageOf } from '../local/aws/error-message';
import { bypassProxyOnThisMachine } from '../local/http/proxy-bypass';

const QUEUES = [...CHANNEL_NAMES, ORDERS_QUEUE, 'escalations'] as const;

const HELP = `Usage: npm run redrive -- --stage STAGE --queue QUEUE [--dry-run]

Tries again what was given up. First repair what made it fail: see docs/runbook.md.

  a channel     gives every message of its dead-letter queue back to the channel, which tries each five times more;
                so does the e-mail about orders
  a consumer    the same, for a function that acts on domain events: by the name of its construct in
                lib/event-stack.ts, such as App
  escalations   shows each escalation, starts Recovery again for its purchase, and deletes the message; those of the
                audit, about purchases that are settled, stay for a person

Options:
  --stage STAGE   dev, prod, …: a name of lib/config.ts
  --queue QUEUE   ${QUEUES.join(', ')}, or a consumer
  --dry-run       say what is there, and change nothing
  --help          this text

The account and the region are those of the AWS CLI: AWS_PROFILE, AWS_REGION. To a local run lead the
variables that \`npm start\` prints.

Exit codes: 0 all of it was tried again, or there was nothing; 1 some of it was not; 2 the options are wrong.
`;

/** Constructs have names like this one, and channels do not. */
const CONSUMER = /^[A-Z]\w*$/;

interface Arguments {
  readonly stageName: string;
  readonly queue: string;
  readonly dryRun: boolean;
}

bypassProxyOnThisMachine();
main().catch((error: unknown) => {
  process.stderr.write(`${messageOf(error)}\n`);
  process.exitCode = 1;
});

async function main(): Promise<void> {
  const read = readArguments();
  if (typeof read === 'string') {
    process.stderr.write(`${read}\n\n${HELP}`);
    process.exitCode = 2;
    return;
  }
  if (!read) return void process.stdout.write(HELP);
  await redrive(read);
}

async function redrive({ stageName, queue, dryRun }: Arguments): Promise<void> {
  const sqs = new SQSClient();
  const print = (line: string) => void process.stdout.write(`${line}\n`);
  if (queue === 'escalations') {
    const queueUrl = await findQueue(sqs, stageName, queue);
    const client = new DynamoDBClient();
    const tableName = await findTable(client, `${stageName}-Data`, 'PurchaseTable');
    const purchases = new PurchaseRepository(DynamoDBDocumentClient.from(client), tableName);
    await redriveEscalations({ sqs, sfn: new SFNClient(), purchases, queueUrl, stageName, dryRun, print });
  } else {
    const queueUrl = await findQueue(sqs, stageName, queue);
    await redriveDeadLetters({ sqs, queueUrl, dryRun, print });
  }
}

/** What is wrong with them, or nothing when only the help was asked for. */
function readArguments(): Arguments | string | undefined {
  try {
    const { values } = parseArgs({
      options: {
        stage: { type: 'string' },
        queue: { type: 'string' },
        'dry-run': { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h' },
      },
    });
    if (values.help) return undefined;
    if (!values.stage) return '--stage is missing';
    const { queue } = values;
    if (!queue) return '--queue is missing';
    if (!QUEUES.some((name) => name === queue) && !CONSUMER.test(queue)) return `There is no queue ${queue}`;
    return { stageName: `EventPro-${values.stage}`, queue, dryRun: values['dry-run'] };
  } catch (error) {
    return (error as Error).message;
  }
}
