import { GetObjectCommand, PutObjectCommand, type S3Client, S3ServiceException } from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';

/** Seconds a download link works: long enough to follow it, too short to pass around. */
export const LINK_SECONDS = 300;

/** Ticket PDFs in the bucket, one object a purchase. */
export class TicketStore {
  constructor(
    private readonly client: S3Client,
    private readonly bucketName: string,
  ) {}

  /** Stores the ticket once: a repeat finds it there and leaves it as it is. */
  async put(purchaseId: string, pdf: Uint8Array): Promise<void> {
    try {
      await this.client.send(
        new PutObjectCommand({
          Bucket: this.bucketName,
          Key: ticketKey(purchaseId),
          Body: pdf,
          ContentType: 'application/pdf',
          IfNoneMatch: '*',
        }),
      );
    } catch (error) {
      if (!(error instanceof S3ServiceException) || error.name !== 'PreconditionFailed') throw error;
    }
  }

  /** A link anybody who has it can use for `LINK_SECONDS`. */
  async linkTo(purchaseId: string): Promise<string> {
    const command = new GetObjectCommand({
      Bucket: this.bucketName,
      Key: ticketKey(purchaseId),
      ResponseContentDisposition: `inline; filename="ticket-${purchaseId}.pdf"`,
    });
    return getSignedUrl(this.client, command, { expiresIn: LINK_SECONDS });
  }
}

/** Derived from the purchase, so a step that runs twice writes the same object. */
function ticketKey(purchaseId: string): string {
  return `tickets/${purchaseId}.pdf`;
}
