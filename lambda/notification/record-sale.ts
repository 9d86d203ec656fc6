import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { ENVIRONMENT, requireEnvironment } from '../shared/environment';
import { REQUEST_TIMEOUTS } from '../shared/request-timeouts';
import { consume } from './channel';
import { saleObject } from './sale';

/** Records the sale for analytics, where Athena finds it. */
export const handler = consume({
  channel: 'analytics',
  connect: () => ({
    client: new S3Client(REQUEST_TIMEOUTS),
    bucketName: requireEnvironment(ENVIRONMENT.analyticsBucket),
  }),
  deliver: async (purchase, _, { client, bucketName }) => {
    const { key, body } = saleObject(purchase);
    await client.send(
      new PutObjectCommand({ Bucket: bucketName, Key: key, Body: body, ContentType: 'application/x-ndjson' }),
    );
  },
});
