import {
  DeleteObjectCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  paginateListObjectsV2,
  PutObjectCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { referenceOf } from '../purchase/reference';

/** Seconds a download link works: long enough to follow it, too short to pass around. */
export const LINK_SECONDS = 300;

/** The purchase a ticket is for; `createdAt` in seconds since the epoch. */
interface TicketOf {
  readonly purchaseId: string;
  readonly createdAt: number;
}

/** Ticket PDFs in the bucket, one object a purchase, a folder a day. */
export class TicketStore {
  constructor(
    private readonly client: S3Client,
    private readonly bucketName: string,
  ) {}

  /** Stores the ticket. A repeat stores the same bytes again: they are made of the purchase alone. */
  async put(purchase: TicketOf, pdf: Uint8Array): Promise<void> {
    await this.client.send(
      new PutObjectCommand({
        Bucket: this.bucketName,
        Key: ticketKey(purchase),
        Body: pdf,
        ContentType: 'application/pdf',
      }),
    );
  }

  /** A link anybody who has it can use for `LINK_SECONDS`. */
  async linkTo(purchase: TicketOf): Promise<string> {
    const command = new GetObjectCommand({
      Bucket: this.bucketName,
      Key: ticketKey(purchase),
      // A part of the link, so of the bucket's access log too.
      ResponseContentDisposition: `inline; filename="ticket-${referenceOf(purchase.purchaseId)}.pdf"`,
    });
    return getSignedUrl(this.client, command, { expiresIn: LINK_SECONDS });
  }

  /** The tickets of the purchases opened on the day of `openedAt` (seconds since the epoch, UTC). */
  async *list(openedAt: number): AsyncGenerator<{ purchaseId: string; storedAt: number }> {
    const pages = paginateListObjectsV2(
      { client: this.client },
      { Bucket: this.bucketName, Prefix: `${folderOf(openedAt)}/` },
    );
    for await (const { Contents = [] } of pages) {
      for (const { Key = '', LastModified } of Contents) {
        const purchaseId = /([^/]+)\.pdf$/.exec(Key)?.[1];
        if (purchaseId && LastModified) yield { purchaseId, storedAt: LastModified.getTime() / 1000 };
      }
    }
  }

  /** Whether there is one: a list of its key, which takes no permission to read what is in it. */
  async has(purchase: TicketOf): Promise<boolean> {
    const { KeyCount = 0 } = await this.client.send(
      new ListObjectsV2Command({ Bucket: this.bucketName, Prefix: ticketKey(purchase), MaxKeys: 1 }),
    );
    return KeyCount > 0;
  }

  async delete(purchase: TicketOf): Promise<void> {
    await this.client.send(new DeleteObjectCommand({ Bucket: this.bucketName, Key: ticketKey(purchase) }));
  }
}

/** Derived from the purchase, so a step that runs twice writes the same object. */
function ticketKey({ purchaseId, createdAt }: TicketOf): string {
  return `${folderOf(createdAt)}/${purchaseId}.pdf`;
}

/** A folder a day, so that an audit lists a day and not the history of the house. */
function folderOf(createdAt: number): string {
  return `tickets/${new Date(createdAt * 1000).toISOString().slice(0, 10)}`;
}
