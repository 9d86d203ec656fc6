import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { ENVIRONMENT, requireEnvironment } from '../shared/environment';
import { REQUEST_TIMEOUTS } from '../shared/request-timeouts';
import { consume } from './channel';

/**
 * Records the sale for analytics: one JSON line in an object per purchase, under a partition per day, as Athena reads
 * it. No personal data: what was sold, when and for how much.
 */
export const handler = consume({
  channel: 'analytics',
  connect: () => ({
    client: new S3Client(REQUEST_TIMEOUTS),
    bucketName: requireEnvironment(ENVIRONMENT.analyticsBucket),
  }),
  deliver: async ({ purchaseId, eventId, seats, amount, currency, createdAt }, _, { client, bucketName }) => {
    const soldAt = new Date(createdAt * 1000).toISOString();
    const sale = { purchaseId, eventId, seats: seats.map(({ seatId }) => seatId), amount, currency, soldAt };
    await client.send(
      new PutObjectCommand({
        Bucket: bucketName,
        Key: `sales/day=${soldAt.slice(0, 10)}/${purchaseId}.json`,
        Body: JSON.stringify(sale) + '\n',
        ContentType: 'application/json',
      }),
    );
  },
});
