import * as z from 'zod/mini';
import { purchaseIdSchema, purchaseStatusSchema } from '../purchase/purchase';
import { eventIdSchema, seatIdSchema } from '../shared/event-ids';
import { readableText } from '../shared/readable-text';
import { type Refusal } from './ticket-code';

/** The most characters a QR code can hold: a longer text was not scanned. */
const MAX_CODE_LENGTH = 2_953;

const codeSchema = z.string().check(z.minLength(1), z.maxLength(MAX_CODE_LENGTH));

/** What a gate calls itself. */
const gateSchema = readableText(64);

/** The body of `POST /ticket-checks`. */
export const ticketCheckRequestSchema = z.strictObject({
  code: codeSchema,
  /** The event at whose gate the code was scanned. */
  eventId: z.optional(eventIdSchema),
});

/** Why a code is not valid. */
export const ticketRefusalSchema = z.enum([
  ...(['NOT_A_TICKET', 'UNKNOWN_KEY', 'SIGNATURE_INVALID'] as const satisfies Refusal[]),
  /** A ticket of ours, for another event than the gate's. */
  'OTHER_EVENT',
  ...([
    'PURCHASE_CANCELLED',
    'PURCHASE_NOT_FOUND',
    'PURCHASE_NOT_CONFIRMED',
    'SEAT_NOT_OF_PURCHASE',
  ] as const),
]);

export type TicketRefusal = z.output<typeof ticketRefusalSchema>;

/** The answer to the gate. It has the ids only if the signature is valid. */
export const ticketCheckSchema = z.strictObject({
  valid: z.boolean(),
  reason: z.optional(ticketRefusalSchema),
  purchaseId: z.optional(purchaseIdSchema),
  reference: z.optional(z.string()),
  eventId: z.optional(eventIdSchema),
  seatId: z.optional(seatIdSchema),
  status: z.optional(purchaseStatusSchema.check(z.describe('Of the purchase, as it is now'))),
});
export type TicketCheck = z.output<typeof ticketCheckSchema>;

/** The body of `POST /admissions`. */
export const admissionRequestSchema = z.strictObject({
  code: codeSchema,
  /** The event at whose gate the code was scanned. */
  eventId: eventIdSchema,
  gate: gateSchema,
});

/** What the gate shows when it lets somebody in. Neither the purchase's id nor anything about its buyer. */
export const admissionSchema = z.strictObject({
  reference: z.string(),
  eventId: eventIdSchema,
  seatId: seatIdSchema,
  section: z.string(),
  tier: z.optional(z.string()),
  admittedAt: z.iso.datetime(),
  gate: z.string(),
});
export type AdmissionAnswer = z.output<typeof admissionSchema>;

/** `GET /events/{eventId}/revocations`. */
export const revocationsSchema = z.strictObject({
  eventId: eventIdSchema,
  asOf: z.iso.datetime().check(z.describe('Of the first page: what to ask with as since, next time')),
  revocations: z.array(
    z.strictObject({
      reference: z.string().check(z.describe('Of a purchase: none of its tickets is valid any more')),
      revokedAt: z.iso.datetime(),
    }),
  ),
  nextCursor: z.optional(z.string()),
});
export type Revocations = z.output<typeof revocationsSchema>;

/** `GET /ticket-keys`: a JWK set (RFC 7517) of Ed25519 keys (RFC 8037). */
export const ticketKeysSchema = z.strictObject({
  keys: z.array(
    z.strictObject({
      kty: z.literal('OKP'),
      crv: z.literal('Ed25519'),
      x: z.string(),
      kid: z.string(),
      alg: z.literal('EdDSA'),
      use: z.literal('sig'),
    }),
  ),
});
export type TicketKeySet = z.output<typeof ticketKeysSchema>;

/** With what a gate is refused. */
export const ADMISSION_REFUSALS = [
  ...(['AlreadyAdmitted', 'PurchaseCancelled', 'OtherEvent', 'TicketNotValid'] as const),
];
