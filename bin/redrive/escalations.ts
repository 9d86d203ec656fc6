import {
  ExecutionAlreadyExists,
  ListTagsForResourceCommand,
  paginateListStateMachines,
  type SFNClient,
  StartExecutionCommand,
} from '@aws-sdk/client-sfn';
import {
  ChangeMessageVisibilityCommand,
  DeleteMessageCommand,
  type Message,
  ReceiveMessageCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import * as z from 'zod/mini';
import { type Purchase, purchaseIdSchema } from '../../lambda/purchase/purchase';
import { type PurchaseRepository } from '../../lambda/purchase/purchase-repository';
import { referenceOf, referenceOfHash } from '../../lambda/shared/reference';
import { ROLE_TAG, roleOf, STAGE_TAG } from '../../lib/workflow/role';

/** Seconds for which a received message stays hidden: longer than it takes to go through the queue. */
const OURS_FOR = 120;

/**
 * What the workflows' Escalate states send, with the execution, and the audit, with the payment intent. The audit's are
 * about purchases that are settled: Recovery would find nothing to do for them.
 */
const escalationSchema = z.object({
  compensation: z.string(),
  purchaseHash: z.optional(z.string().check(z.regex(/^[0-9a-f]{64}$/))),
  /** Instead of the hash, in messages from before there were references. */
  purchaseId: z.optional(purchaseIdSchema),
  executionId: z.optional(z.string()),
  paymentIntentId: z.optional(z.string()),
  error: z.string(),
});

type Escalation = z.output<typeof escalationSchema>;

/** What CancelEvent sends when it is done, and some purchases could not be cancelled. */
const eventSchema = z.object({ workflow: z.literal('CancelEvent'), eventId: z.string(), failed: z.int() });

const messageSchema = z.union([escalationSchema, eventSchema]);

export interface EscalationsOptions {
  readonly sqs: SQSClient;
  readonly sfn: SFNClient;
  readonly purchases: PurchaseRepository;
  readonly queueUrl: string;
  /** The stage whose workflow recovers: `EventPro-dev`. */
  readonly stageName: string;
  readonly dryRun: boolean;
  readonly print: (line: string) => void;
}

/**
 * Shows each escalation, starts Recovery again for its purchase, and deletes the message once that has begun: if it
 * fails again, it escalates again. What Recovery cannot help stays in the queue for a person. With `dryRun` it only
 * shows, and leaves the messages where they are.
 *
 * @throws Error when an entry stays; the others are done
 */
export async function redriveEscalations(options: EscalationsOptions): Promise<void> {
  const { sqs, sfn, purchases, queueUrl: QueueUrl, stageName, dryRun, print } = options;
  const stateMachineArn = await findRecovery(sfn, stageName);
  const kept: Message[] = [];
  let found = 0;
  let stay = 0;
  for (;;) {
    const { Messages = [] } = await sqs.send(
      new ReceiveMessageCommand({
        ...{ QueueUrl, MaxNumberOfMessages: 10, VisibilityTimeout: OURS_FOR },
        MessageSystemAttributeNames: ['SentTimestamp'],
      }),
    );
    if (Messages.length === 0) break;
    for (const message of Messages) {
      found++;
      const { success, data } = messageSchema.safeParse(parsed(message.Body));
      print(success ? describe(message, data) : `cannot be read: ${message.Body}`);
      const purchase =
        success && 'compensation' in data && data.executionId ? await purchaseOf(data) : undefined;
      if (!purchase) {
        stay++;
        print('  stays: for a person, who deletes it');
      }
      if (!purchase || dryRun) {
        kept.push(message);
        continue;
      }
      print(`  ${await recover(purchase.purchaseId, message.MessageId!)}`);
      await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle: message.ReceiptHandle }));
    }
  }
  for (const { ReceiptHandle } of kept) {
    await sqs.send(new ChangeMessageVisibilityCommand({ QueueUrl, ReceiptHandle, VisibilityTimeout: 0 }));
  }
  print(`${found} escalations${dryRun ? ', nothing done' : ''}`);
  if (stay > 0) throw new Error(`${stay} of them stay: see docs/runbook.md, Settle a purchase by hand`);

  async function purchaseOf({ purchaseHash, purchaseId }: Escalation): Promise<Purchase | undefined> {
    if (purchaseHash) return purchases.findByHash(purchaseHash);
    return purchaseId ? purchases.find(purchaseId) : undefined;
  }

  /** Named after the message, so that two people at once start one. */
  async function recover(purchaseId: string, messageId: string): Promise<string> {
    try {
      const { executionArn } = await sfn.send(
        new StartExecutionCommand({
          stateMachineArn,
          name: `redrive-${messageId}`,
          input: JSON.stringify({ purchaseId, failures: {} }),
        }),
      );
      return `recovery started: ${executionArn}`;
    } catch (error) {
      if (error instanceof ExecutionAlreadyExists) return 'recovery was started before';
      throw error;
    }
  }
}

function describe({ Attributes }: Message, escalation: z.output<typeof messageSchema>): string {
  const sentAt = new Date(Number(Attributes?.SentTimestamp)).toISOString();
  if ('workflow' in escalation) {
    const { workflow, eventId, failed } = escalation;
    return `${sentAt} ${workflow} could not cancel ${failed} purchases of the event ${eventId}`;
  }
  const { compensation, purchaseHash, purchaseId, executionId, paymentIntentId, error } = escalation;
  const reference = purchaseHash ? referenceOfHash(purchaseHash) : purchaseId && referenceOf(purchaseId);
  const where = executionId ? `execution ${executionId}` : `payment ${paymentIntentId}, settled purchase`;
  return `${sentAt} ${compensation} failed with ${error} for purchase ${reference} (${where})`;
}

function parsed(body: string | undefined): unknown {
  try {
    return JSON.parse(body ?? '');
  } catch {
    return undefined;
  }
}

async function findRecovery(sfn: SFNClient, stageName: string): Promise<string> {
  for await (const { stateMachines = [] } of paginateListStateMachines({ client: sfn }, {})) {
    for (const { stateMachineArn } of stateMachines) {
      const { tags = [] } = await sfn.send(new ListTagsForResourceCommand({ resourceArn: stateMachineArn }));
      const byKey = Object.fromEntries(tags.map(({ key, value }) => [key, value])) as Record<string, string>;
      if (roleOf({ tags: byKey }) === 'recovery' && byKey[STAGE_TAG] === stageName) return stateMachineArn!;
    }
  }
  throw new Error(`No state machine has the tags ${ROLE_TAG}=recovery and ${STAGE_TAG}=${stageName}`);
}
