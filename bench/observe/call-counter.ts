import { type LocalRunOptions } from '../../bin/local-run';
import { RecordingProxy } from './recording-proxy';

/** Requests that the functions have made. */
export interface CountedCalls {
  /** By what they ask: `POST /v1/refunds`. */
  readonly stripe: Readonly<Record<string, number>>;
  readonly dynamoDb: { readonly requests: number; readonly readUnits: number; readonly writeUnits: number };
}

/** Adds up what the functions ask of Stripe and of DynamoDB. */
export class CallCounter {
  private readonly stripe: Record<string, number> = {};
  private readonly dynamoDb = { requests: 0, readUnits: 0, writeUnits: 0 };
  private readonly proxy = new RecordingProxy(({ service, operation, readUnits, writeUnits }) => {
    if (service === 'stripe') this.stripe[operation] = (this.stripe[operation] ?? 0) + 1;
    if (service !== 'dynamodb') return;
    this.dynamoDb.requests++;
    this.dynamoDb.readUnits += readUnits;
    this.dynamoDb.writeUnits += writeUnits;
  });

  /** What the local run is started with, so that it can be counted. */
  readonly redirect: NonNullable<LocalRunOptions['redirect']> = (service, url) =>
    service === 'aws' ? url : this.proxy.before(service, url);

  get calls(): CountedCalls {
    return { stripe: this.stripe, dynamoDb: this.dynamoDb };
  }

  close(): Promise<void> {
    return this.proxy.close();
  }
}
