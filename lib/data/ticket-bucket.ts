import { Grant } from 'aws-cdk-lib/aws-iam';
import { type Function } from 'aws-cdk-lib/aws-lambda';
import { ENVIRONMENT } from '../../lambda/shared/environment';
import { PrivateBucket } from './private-bucket';

const PREFIX = 'tickets';

/** Ticket PDFs, one object a purchase under `tickets/`. */
export class TicketBucket extends PrivateBucket {
  /** Store tickets, and nothing else: not read, not list, not delete. */
  grantStoreTicket(grantee: Function): void {
    this.grantStore(grantee, PREFIX);
    grantee.addEnvironment(ENVIRONMENT.ticketBucket, this.bucketName);
  }

  /** List tickets, and delete those without a sale. */
  grantAudit(grantee: Function): void {
    Grant.addToPrincipal({
      grantee,
      actions: ['s3:ListBucket'],
      resourceArns: [this.bucketArn],
      conditions: { StringLike: { 's3:prefix': `${PREFIX}/*` } },
    });
    this.grantDiscard(grantee, PREFIX);
    grantee.addEnvironment(ENVIRONMENT.ticketBucket, this.bucketName);
  }

  /** Delete tickets with all their versions. */
  grantErase(grantee: Function): void {
    Grant.addToPrincipal({
      grantee,
      actions: ['s3:ListBucketVersions'],
      resourceArns: [this.bucketArn],
      conditions: { StringLike: { 's3:prefix': `${PREFIX}/*` } },
    });
    this.grantObjectAction(grantee, 's3:DeleteObjectVersion', PREFIX);
    grantee.addEnvironment(ENVIRONMENT.ticketBucket, this.bucketName);
  }

  /** Read tickets: also what signing a link to one takes. */
  grantLink(grantee: Function): void {
    this.grantFetch(grantee, PREFIX);
    grantee.addEnvironment(ENVIRONMENT.ticketBucket, this.bucketName);
  }
}
