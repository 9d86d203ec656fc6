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
  /** The buyer's field with the address, its schema, and what it holds in words. */
  readonly address: {
    readonly field: string;
    readonly schema: z.ZodMiniType<string | undefined>;
    readonly holds: string;
  };
  /** What is missing while it delivers nothing: the first sentence of its alarms. */
  readonly loss: string;
}

/**
 * Every channel. The buyer's fields and choice, functions, queues, subscriptions, alarms and dashboard follow from this table;
 * docs/recipes.md tells how to add a row. A name is part of items, logical ids and metrics: it stays as it is. `analytics` was one:
 * older items have `delivery_analytics`.
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
} as const satisfies Record<string, ChannelDefinition>;

export type Channel = keyof typeof CHANNELS;
export const CHANNEL_NAMES = Object.keys(CHANNELS) as Channel[];

type AddressSchemas = {
  [
    Name in Channel as (typeof CHANNELS)[Name]['address']['field']
  ]: (typeof CHANNELS)[Name]['address']['schema'];
};

/** The schemas of the buyer's addresses, by field. */
export const ADDRESS_SCHEMAS = Object.fromEntries(
  CHANNEL_NAMES.map((name) => [CHANNELS[name].address.field, CHANNELS[name].address.schema]),
) as AddressSchemas;
