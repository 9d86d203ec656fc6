import { createPublicKey, type KeyObject } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import { parseArgs } from 'node:util';
import * as z from 'zod/mini';
import { isEventId } from '../lambda/shared/event-ids';
import { referenceOf } from '../lambda/shared/reference';
import { readTicketCode, type TicketClaims, type TicketCodeReading } from '../lambda/ticket/ticket-code';
import { decodeQrCode } from './verify-ticket/decode-qr-code';
import { readTicket } from './verify-ticket/read-ticket';
import { RevocationList } from './verify-ticket/revocation-list';
import { messageOf } from '../local/aws/error-message';
import { bypassProxyOnThisMachine } from '../local/http/proxy-bypass';

const HELP = `Usage: npm run verify-ticket -- --keys FILE|URL [--event ID] [--revoked FILE]... [--pdf FILE]... [CODE]...

Verifies tickets by their signature. With saved keys it needs no network. Whether the purchase stands at this moment only
POST /ticket-checks can say, and whether the ticket has let somebody in, POST /admissions.

Options:
  --keys FILE|URL  the answer of GET /ticket-keys, saved or asked for
  --event ID       the event at the gate: a ticket for another one is INVALID, with the reason OTHER_EVENT
  --revoked FILE   a saved answer of GET /events/{eventId}/revocations: a ticket of a purchase on it is INVALID, with the reason
                   PURCHASE_CANCELLED, and one for an event without a list, OTHER_EVENT. May come more than once: the pages of a
                   list in their order, then what came since. Standard error says how old the list is
  --pdf FILE       a ticket as EventPro draws it: each page's QR code is read; may come more than once
  --help           this text

Without a PDF and a code, the codes are read from standard input, one a line.

Exit code: 0 each ticket is valid, 1 at least one is not, 2 the command, the keys or a file are not usable.
`;

/** Of the set, what verifies tickets: keys of another kind are not ours to judge. */
const jwkSetSchema = z.object({ keys: z.array(z.looseObject({ kty: z.string() })) });
const ticketJwkSchema = z.object({
  kty: z.literal('OKP'),
  crv: z.literal('Ed25519'),
  x: z.string(),
  kid: z.string(),
});

bypassProxyOnThisMachine();
main().then(
  (exitCode) => (process.exitCode = exitCode),
  (error: unknown) => {
    process.stderr.write(`${messageOf(error)}\n`);
    process.exitCode = 2;
  },
);

async function main(): Promise<number> {
  const { values, positionals } = readArguments();
  if (values.help) {
    process.stdout.write(HELP);
    return 0;
  }
  if (!values.keys) throw new Error(`--keys is missing\n\n${HELP}`);
  if (values.event !== undefined && !isEventId(values.event)) {
    throw new Error(`--event ${values.event} is no id of an event: small letters, digits and hyphens`);
  }
  const keys = await readKeys(values.keys);
  const revoked = values.revoked && RevocationList.read(values.revoked);
  if (revoked && values.event !== undefined && !revoked.has(values.event)) {
    throw new Error(`--revoked has no list of the event ${values.event}`);
  }

  const pdfs = values.pdf ?? [];
  const given = [...positionals, ...(await Promise.all(pdfs.map(codesOfPdf))).flat()];
  const codes = positionals.length + pdfs.length > 0 ? given : linesOf(await text(process.stdin));
  if (codes.length === 0) throw new Error('There is no ticket to verify');
  const gates = codes.map((code) => atTheGate(readTicketCode(code, keys), values.event, revoked));
  for (const age of revoked?.ages(Date.now()) ?? []) process.stderr.write(`${age}\n`);
  for (const gate of gates) process.stdout.write(`${lineOf(gate)}\n`);
  return gates.every(({ valid }) => valid) ? 0 : 1;
}

function readArguments() {
  try {
    return parseArgs({
      allowPositionals: true,
      options: {
        keys: { type: 'string' },
        event: { type: 'string' },
        revoked: { type: 'string', multiple: true },
        pdf: { type: 'string', multiple: true },
        help: { type: 'boolean', short: 'h' },
      },
    });
  } catch (error) {
    throw new Error(`${(error as Error).message}\n\n${HELP}`);
  }
}

async function readKeys(source: string): Promise<Map<string, KeyObject>> {
  const { success, data } = z.safeParse(jwkSetSchema, parseJson(await readSource(source)));
  if (!success) throw new Error(`${source} is not a JWK set: {"keys": […]}`);
  const jwks = data.keys.flatMap((key) => z.safeParse(ticketJwkSchema, key).data ?? []);
  if (jwks.length === 0) throw new Error(`${source} has no Ed25519 key`);
  return new Map(jwks.map((key) => [key.kid, createPublicKey({ key, format: 'jwk' })]));
}

async function readSource(source: string): Promise<string> {
  if (!/^https?:\/\//.test(source)) return readFileSync(source, 'utf8');
  const response = await fetch(source);
  if (!response.ok) throw new Error(`${source} answers ${response.status}`);
  return response.text();
}

function parseJson(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}

/** A code for each page. A page without a QR code, or with one that was not drawn by us, is no ticket. */
async function codesOfPdf(file: string): Promise<string[]> {
  const { pages } = await readTicket(readFileSync(file));
  return pages.map(({ qrCode }) => decodeQrCode(qrCode) ?? '');
}

function linesOf(input: string): string[] {
  return input
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
}

type Gate =
  | TicketCodeReading
  | {
      readonly valid: false;
      readonly reason: 'OTHER_EVENT' | 'PURCHASE_CANCELLED';
      readonly claims: TicketClaims;
    };

function atTheGate(
  reading: TicketCodeReading,
  event: string | undefined,
  revoked: RevocationList | undefined,
): Gate {
  if (!reading.valid) return reading;
  const { claims } = reading;
  const { eventId, purchaseId } = claims;
  const isHere = (event === undefined || event === eventId) && (!revoked || revoked.has(eventId));
  if (!isHere) return { valid: false, reason: 'OTHER_EVENT', claims };
  if (!revoked?.isRevoked(eventId, referenceOf(purchaseId))) return reading;
  return { valid: false, reason: 'PURCHASE_CANCELLED', claims };
}

function lineOf(gate: Gate): string {
  if (!('claims' in gate)) return `INVALID  ${gate.reason}`;
  const { eventId, seatId, purchaseId, iat } = gate.claims;
  const verdict = gate.valid ? 'valid    ' : `INVALID  ${gate.reason}  `;
  return `${verdict}${eventId}  ${seatId}  ${referenceOf(purchaseId)}  ${new Date(iat * 1000).toISOString()}`;
}
