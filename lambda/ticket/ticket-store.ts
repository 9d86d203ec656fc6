import {
  DeleteObjectCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  ListObjectVersionsCommand,
  paginateListObjectsV2,
  PutObjectCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { type Purchase } from '../purchase/purchase';
import { purchaseHash, referenceOf } from '../shared/reference';

/** Seconds a download link works: long enough to follow it, too short to pass around. */
export const LINK_SECONDS = 300;

/** The purchase a ticket is for; `createdAt` in seconds since the epoch. */
type TicketOf = Pick<Purchase, 'purchaseId' | 'createdAt'>;

/** The same with what says by which name it is kept. */
type NamedTicketOf = TicketOf & Pick<Purchase, 'reference'>;

export interface StoredTicket {
  readonly key: string;
  /** `purchaseHash` of its purchase's id; the id itself, if the purchase is from before there were references. */
  readonly name: string;
  /** Seconds since the epoch. */
  readonly storedAt: number;
}

/**
 * Ticket PDFs in the bucket, one object a purchase, a folder a day. A name stands in the bucket's access log and in every link,
 * so it is the hash of the id, which opens nothing.
 */
export class TicketStore {
  constructor(
    private readonly client: S3Client,
    private readonly bucketName: string,
  ) {}

  /**
   * Stores the ticket; the bucket keeps the version before. A repeat stores the same bytes again: they are made of the purchase and
   * its event alone.
   */
  async put(purchase: NamedTicketOf, pdf: Uint8Array): Promise<void> {
    await this.client.send(
      new PutObjectCommand({
        Bucket: this.bucketName,
        Key: keyOf(purchase),
        Body: pdf,
        ContentType: 'application/pdf',
      }),
    );
  }

  /** A link anybody who has it can use for `LINK_SECONDS`. */
  async linkTo(purchase: NamedTicketOf): Promise<string> {
    const command = new GetObjectCommand({
      Bucket: this.bucketName,
      Key: keyOf(purchase),
      // The file's name is part of the link, so it is in the bucket's access log too.
      ResponseContentDisposition: `inline; filename="ticket-${referenceOf(purchase.purchaseId)}.pdf"`,
    });
    return getSignedUrl(this.client, command, { expiresIn: LINK_SECONDS });
  }

  /** The tickets of the purchases opened on the day of `openedAt` (seconds since the epoch, UTC). */
  async *list(openedAt: number): AsyncGenerator<StoredTicket> {
    const pages = paginateListObjectsV2(
      { client: this.client },
      { Bucket: this.bucketName, Prefix: `${folderOf(openedAt)}/` },
    );
    for await (const { Contents = [] } of pages) {
      for (const { Key = '', LastModified } of Contents) {
        const name = /([^/]+)\.pdf$/.exec(Key)?.[1];
        if (name && LastModified) yield { key: Key, name, storedAt: LastModified.getTime() / 1000 };
      }
    }
  }

  /** Whether there is one, by either name: a list of its key, which takes no permission to read what is in it. */
  async has(purchase: TicketOf): Promise<boolean> {
    const found = await Promise.all(
      [ticketKey(purchase), formerKey(purchase)].map(async (Prefix) => {
        const command = new ListObjectsV2Command({ Bucket: this.bucketName, Prefix, MaxKeys: 1 });
        const { KeyCount = 0 } = await this.client.send(command);
        return KeyCount > 0;
      }),
    );
    return found.includes(true);
  }

  /** Deletes the ticket with every version there was of it, by either name; the bucket keeps nothing of it. Repeating it is harmless. */
  async erase(purchase: TicketOf): Promise<void> {
    for (const Prefix of [ticketKey(purchase), formerKey(purchase)]) {
      // What is deleted is in no list after it: the first page is the next.
      for (let left = true; left;) {
        const {
          Versions = [],
          DeleteMarkers = [],
          ...page
        } = await this.client.send(new ListObjectVersionsCommand({ Bucket: this.bucketName, Prefix }));
        for (const { Key, VersionId } of [...Versions, ...DeleteMarkers])
          await this.client.send(new DeleteObjectCommand({ Bucket: this.bucketName, Key, VersionId }));
        left = page.IsTruncated === true;
      }
    }
  }

  async delete({ key }: StoredTicket): Promise<void> {
    await this.client.send(new DeleteObjectCommand({ Bucket: this.bucketName, Key: key }));
  }
}

function keyOf(purchase: NamedTicketOf): string {
  return purchase.reference ? ticketKey(purchase) : formerKey(purchase);
}

/** Derived from the purchase, so a step that runs twice writes the same object. */
function ticketKey({ purchaseId, createdAt }: TicketOf): string {
  return `${folderOf(createdAt)}/${purchaseHash(purchaseId)}.pdf`;
}

/** Of purchases from before there were references. */
function formerKey({ purchaseId, createdAt }: TicketOf): string {
  return `${folderOf(createdAt)}/${purchaseId}.pdf`;
}

/** A folder a day, so that an audit lists one day instead of every ticket. */
function folderOf(createdAt: number): string {
  return `tickets/${new Date(createdAt * 1000).toISOString().slice(0, 10)}`;
}
