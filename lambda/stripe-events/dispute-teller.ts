import { timeText } from '../shared/clock';
import { PublishCommand, type SNSClient } from '@aws-sdk/client-sns';
import { stageOf } from '../purchase/dispute';
import { logger } from '../shared/logger';
import { measure } from '../shared/measure';
import { referenceOf } from '../shared/reference';
import { type FollowDependencies } from './follow-payment';

/** Calls people, with what they need to find it and how long they have. No buyer, no id, no amount in words of ours. */
export function disputeTeller(client: SNSClient, topicArn: string): FollowDependencies['tellDispute'] {
  return async (purchaseId, dispute, kind = 'purchase') => {
    const reference = referenceOf(purchaseId);
    const stage = stageOf(dispute);
    const { status, reason, amount, currency, dueBy } = dispute;
    const evidenceBy = dueBy === undefined ? 'none is taken' : timeText(dueBy);
    const facts = { reference, status, reason, amount, currency, evidenceBy };
    logger.warn('A payment is disputed', facts);
    measure({ Disputes: 1 }, { dispute: stage }, { reference });
    await client.send(
      new PublishCommand({
        TopicArn: topicArn,
        Subject: `Dispute ${stage}: ${kind} ${reference}`,
        Message: [
          `Stripe says that the payment of ${kind} ${reference} is disputed.`,
          ...Object.entries(facts).map(([name, value]) => `${name}: ${value}`),
          'What to do: docs/runbook.md, "A payment is disputed". Nothing is cancelled by itself.',
        ].join('\n'),
      }),
    );
  };
}
