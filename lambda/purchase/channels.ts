import * as z from 'zod/mini';
import { emailAddressSchema } from './email-address';

/** Seconds a delivery may take: the time-out of every channel's function. */
export const DELIVERY_SECONDS = 30;

/** How often a message is received before it goes to the dead-letter queue. */
export const MAX_RECEIVES = 5;

/** A way to tell of a confirmed purchase: a subscription of the topic, a queue and a function. */
interface ChannelDefinition {
  /** The function that delivers, and its file. */
  readonly function: string;
  readonly entry: string;
  /**
   * The buyer's field with the address, its schema, and what it holds in words. A channel without one has no recipient of
   * its own, and is told of every purchase.
   */
  readonly address?: {
    readonly field: string;
    readonly schema: z.ZodMiniType<string | undefined>;
    readonly holds: string;
  };
  /** Whether a delivery that is made twice is made once. @default false: two attempts at most may reach the buyer */
  readonly repeatable?: true;
  /** What is missing while it delivers nothing: the first sentence of its alarms. */
  readonly loss: string;
}

/**
 * Every channel. The buyer's fields and choice, functions, queues, subscriptions, alarms and dashboard follow from this table;
 * docs/recipes.md tells how to add a row. A name is part of items, logical ids and metrics: it stays as it is.
 */
export const CHANNELS = {
  email: {
    function: 'DeliverEmail',
    entry: 'lambda/notification/deliver-email.ts',
    address: { field: 'email', schema: emailAddressSchema, holds: 'an e-mail address' },
    loss: 'Buyers have no confirmation e-mail; their tickets are there, by GET /purchases/{purchaseId}/ticket.',
  },
  sms: {
    function: 'DeliverSms',
    entry: 'lambda/notification/deliver-sms.ts',
    address: {
      field: 'phone',
      schema: z.optional(z.string().check(z.regex(/^\+[1-9][0-9]{7,14}$/))),
      holds: 'a number by E.164: + and 8 to 15 digits',
    },
    loss: 'Buyers have no confirmation SMS; their e-mail and tickets are not affected.',
  },
  push: {
    function: 'DeliverPush',
    entry: 'lambda/notification/deliver-push.ts',
    address: {
      field: 'pushEndpoint',
      schema: z.optional(
        z
          .string()
          .check(z.regex(/^arn:aws[a-z-]*:sns:[a-z0-9-]+:\d{12}:endpoint\/[!-~]+$/), z.maxLength(512)),
      ),
      holds: "the ARN of the SNS platform endpoint of the buyer's device",
    },
    loss: "Buyers' phones have no confirmation; their e-mail and tickets are not affected.",
  },
  analytics: {
    function: 'RecordSale',
    entry: 'lambda/notification/record-sale.ts',
    // The same object, however often it is written.
    repeatable: true,
    loss: 'Sales are missing from the analytics; buyers notice nothing.',
  },
} as const satisfies Record<string, ChannelDefinition>;

export type Channel = keyof typeof CHANNELS;
export const CHANNEL_NAMES = Object.keys(CHANNELS) as Channel[];

/** The channels that a buyer can choose. */
export type BuyerChannel = {
  [Name in Channel]: (typeof CHANNELS)[Name] extends { address: object } ? Name : never;
}[Channel];
export const BUYER_CHANNELS = CHANNEL_NAMES.filter(isBuyerChannel);

type AddressSchemas = {
  [
    Name in BuyerChannel as (typeof CHANNELS)[Name]['address']['field']
  ]: (typeof CHANNELS)[Name]['address']['schema'];
};

/** The schemas of the buyer's addresses, by field. */
export const ADDRESS_SCHEMAS = Object.fromEntries(
  BUYER_CHANNELS.map((name) => [CHANNELS[name].address.field, CHANNELS[name].address.schema]),
) as AddressSchemas;

/** Whether it is a buyer who is told by it. */
export function isBuyerChannel(channel: Channel): channel is BuyerChannel {
  return 'address' in CHANNELS[channel];
}

/** Whether a delivery that is made twice is made once: then it may be tried as often as the queue likes. */
export function isRepeatable(channel: Channel): boolean {
  return 'repeatable' in CHANNELS[channel];
}
