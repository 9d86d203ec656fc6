import * as z from 'zod/mini';
import { readableText } from '../shared/readable-text';

/** What an event sells beside its seats: a programme, parking, a souvenir. */
export const extraIdSchema = z
  .string()
  .check(
    z.regex(
      /^[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?$/,
      'must be 1 to 40 small letters, digits and hyphens between them',
    ),
  );

/** In one transaction each is a write, and DynamoDB takes 100. What is withdrawn counts, too. */
export const MAX_EXTRAS = 50;

/** So that a sum of all prices of an order stays an exact number. */
const MAX_STOCK = 1_000_000;

const extraSchema = z.strictObject({
  extraId: extraIdSchema,
  name: readableText(120),
  /** Minor units of the event's currency; 0 is free. */
  price: z.int().check(z.minimum(0)),
  /** How many there are to sell in all, those that are reserved or sold counted. */
  stock: z.int().check(z.minimum(0), z.maximum(MAX_STOCK)),
});

/** The body of `PUT /events/{eventId}/extras`. */
export const extrasRequestSchema = z.strictObject({
  extras: z.array(extraSchema).check(
    z.maxLength(MAX_EXTRAS),
    z.refine(
      (extras) => new Set(extras.map(({ extraId }) => extraId)).size === extras.length,
      'an extra is listed twice',
    ),
  ),
});

export type ExtraAsPut = z.output<typeof extraSchema>;

/** An extra as the table keeps it. */
export interface Extra extends ExtraAsPut {
  /** What is neither reserved nor sold. */
  readonly available: number;
  /** Its place in the list. */
  readonly position: number;
  /** It is not for sale any more. What was sold of it is still counted. @default it is */
  readonly withdrawn?: true;
}

/** What `GET` and `PUT /events/{eventId}/extras` answer. */
export const extrasSchema = z.strictObject({
  eventId: z.string(),
  currency: z.string().check(z.regex(/^[A-Z]{3}$/)),
  extras: z.array(
    z.strictObject({
      extraId: z.string(),
      name: z.string(),
      price: z.int().check(z.minimum(0), z.describe('Minor units of the currency')),
      stock: z.int().check(z.minimum(0)),
      available: z.int().check(z.minimum(0), z.describe('What is neither reserved nor sold')),
    }),
  ),
});

export type Extras = z.output<typeof extrasSchema>;

/** The extras of an event as the API answers them. */
export function extrasAnswer(eventId: string, currency: string, extras: readonly Extra[]): Extras {
  return {
    eventId,
    currency,
    extras: extras.map(({ extraId, name, price, stock, available }) => ({
      ...{ extraId, name, price, stock, available },
    })),
  };
}
