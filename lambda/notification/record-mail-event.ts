import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import type { Context, SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import { PurchaseRepository } from '../purchase/purchase-repository';
import { connectUnsubscriptions, type Unsubscriptions } from '../purchase/unsubscriptions';
import { connected } from '../shared/connected';
import { documentClient } from '../shared/dynamodb';
import { ENVIRONMENT, requireEnvironment } from '../shared/environment';
import { correlate, logger } from '../shared/logger';
import { measure } from '../shared/measure';
import { attributeOf, type MailEvent, readMailEvent } from './mail-event';

interface Dependencies {
  readonly purchases: Pick<PurchaseRepository, 'findByReference'>;
  readonly unsubscriptions: Pick<Unsubscriptions, 'add'>;
  readonly note: (purchaseId: string, event: MailEvent) => Promise<void>;
}

const dependencies = connected(connect);

/**
 * Notes on a purchase what became of its e-mail after SES had taken it: operators see it, the buyer's `GET` does not. An event
 * that comes twice writes the same. A message that cannot be read ends in the dead-letter queue.
 *
 * Whoever reports an e-mail as spam gets no marketing any more, whichever e-mail it was; what belongs to a sale is still sent.
 */
export async function handler(event: SQSEvent, context: Context): Promise<SQSBatchResponse> {
  correlate(context, { channel: 'email' });
  const outcomes = await Promise.all(event.Records.map((record) => attempt(record, dependencies())));
  return { batchItemFailures: outcomes.filter((outcome) => outcome !== undefined) };
}

async function attempt({ messageId, body }: SQSRecord, { purchases, unsubscriptions, note }: Dependencies) {
  try {
    const read = readMailEvent(body);
    if (!read) return undefined;
    const { reference, event } = read;
    // Two purchases of a million have the same reference once in 2,000 times: then both say so.
    const found = await purchases.findByReference(reference);
    await Promise.all(
      found.map(async ({ purchaseId, emailHash }) => {
        await note(purchaseId, event);
        if (event.kind === 'complained' && emailHash !== undefined) await unsubscriptions.add(emailHash);
      }),
    );
    if (found.length === 0) logger.warn('No purchase has this reference', { reference, messageId });
    measure({ MailEvents: 1 }, { mailEvent: event.kind }, { reference, reason: event.reason });
    return undefined;
  } catch (error) {
    logger.error('Mail event not recorded', { messageId, errorName: (error as Error).name });
    return { itemIdentifier: messageId };
  }
}

function connect(): Dependencies {
  const client = documentClient();
  const TableName = requireEnvironment(ENVIRONMENT.purchaseTable);
  return {
    purchases: new PurchaseRepository(client, TableName),
    unsubscriptions: connectUnsubscriptions(client),
    async note(purchaseId, { kind, reason, at }) {
      try {
        await client.send(
          new UpdateCommand({
            ...{ TableName, Key: { purchaseId } },
            UpdateExpression: 'SET #event = :event',
            // One that TTL has deleted meanwhile is not made again.
            ConditionExpression: 'attribute_exists(purchaseId)',
            ExpressionAttributeNames: { '#event': attributeOf(kind) },
            ExpressionAttributeValues: { ':event': { reason, at } },
          }),
        );
      } catch (error) {
        if (!(error instanceof ConditionalCheckFailedException)) throw error;
      }
    },
  };
}
