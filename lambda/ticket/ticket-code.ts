import { type KeyObject, sign, verify } from 'node:crypto';
import * as z from 'zod/mini';
import { type TicketKey } from './ticket-key';

/** What the QR code of a seat says: ids and a time, nothing about the person. */
export interface TicketClaims {
  readonly purchaseId: string;
  readonly eventId: string;
  readonly seatId: string;
  /** When the purchase was opened, seconds since the epoch: the same at every attempt to make the ticket. */
  readonly iat: number;
}

export type Refusal =
  /** No compact JWS with the header and the claims of a ticket. */
  | 'NOT_A_TICKET'
  /** Signed by a key that is not, or no longer, one of ours. */
  | 'UNKNOWN_KEY'
  /** Forged, or changed. */
  | 'SIGNATURE_INVALID';

export type TicketCodeReading =
  | { readonly valid: true; readonly claims: TicketClaims }
  | { readonly valid: false; readonly reason: Refusal };

/** Characters. A ticket's code has about 270, and at most 380. */
const MAX_LENGTH = 1_024;

// The one algorithm there is. Whatever else a header asks for (`none`, HS256 with our public key) is no ticket.
const headerSchema = z.strictObject({ alg: z.literal('EdDSA'), kid: z.string() });
const claimsSchema = z.object({
  purchaseId: z.string(),
  eventId: z.string(),
  seatId: z.string(),
  iat: z.int(),
});

/** The code of a seat: a compact JWS (RFC 7515, Ed25519 by RFC 8037). The same claims give the same code. */
export function signTicketCode(
  { purchaseId, eventId, seatId, iat }: TicketClaims,
  { kid, privateKey }: Pick<TicketKey, 'kid' | 'privateKey'>,
): string {
  const signed = `${encode({ alg: 'EdDSA', kid })}.${encode({ purchaseId, eventId, seatId, iat })}`;
  return `${signed}.${sign(null, Buffer.from(signed), privateKey).toString('base64url')}`;
}

/**
 * What a code says, if it is a ticket of ours. It is believed only after its signature has been checked.
 *
 * @param keys public keys by `kid`
 */
export function readTicketCode(code: string, keys: ReadonlyMap<string, KeyObject>): TicketCodeReading {
  const [header = '', payload = '', signature = '', ...more] =
    code.length <= MAX_LENGTH ? code.split('.') : [];
  const { success, data } = z.safeParse(headerSchema, decode(header));
  if (!success || more.length > 0 || !isBase64Url(signature)) return refused('NOT_A_TICKET');

  const key = keys.get(data.kid);
  if (!key) return refused('UNKNOWN_KEY');
  const signed = Buffer.from(`${header}.${payload}`);
  if (!verify(null, signed, key, Buffer.from(signature, 'base64url'))) return refused('SIGNATURE_INVALID');

  const claims = z.safeParse(claimsSchema, decode(payload));
  return claims.success ? { valid: true, claims: claims.data } : refused('NOT_A_TICKET');
}

function refused(reason: Refusal): TicketCodeReading {
  return { valid: false, reason };
}

function encode(part: object): string {
  return Buffer.from(JSON.stringify(part)).toString('base64url');
}

function decode(part: string): unknown {
  if (!isBase64Url(part)) return undefined;
  try {
    return JSON.parse(Buffer.from(part, 'base64url').toString());
  } catch {
    return undefined;
  }
}

/** Node decodes leniently, so one signature would have many spellings; a ticket has one code. */
function isBase64Url(part: string): boolean {
  return part !== '' && Buffer.from(part, 'base64url').toString('base64url') === part;
}
