import { createHash, createPrivateKey, createPublicKey, hkdfSync, type KeyObject } from 'node:crypto';
import { SecretUnusable } from '../shared/environment';

/** A public key as RFC 8037 writes it, with what RFC 7517 says about its use. */
export interface TicketJwk {
  readonly kty: 'OKP';
  readonly crv: 'Ed25519';
  /** The public key, base64url. */
  readonly x: string;
  readonly kid: string;
  readonly alg: 'EdDSA';
  readonly use: 'sig';
}

/** The Ed25519 key pair that a secret stands for. */
export interface TicketKey {
  readonly kid: string;
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
  readonly jwk: TicketJwk;
}

/** Characters a secret needs: what CloudFormation generates, and far more than the 256 bits of the seed. */
export const MIN_SECRET_LENGTH = 64;

/** Binds the seed to its one use. Another label, another key: it must never change. */
const SEED_LABEL = 'eventpro/ticket-signature/ed25519/1';

/** RFC 8410: the PKCS #8 frame of an Ed25519 private key, before its 32 bytes. */
const PKCS8_PREFIX = Buffer.from('302e020100300506032b657004220420', 'hex');

/**
 * The key pair of a secret, always the same one: so the secret is all there is to keep, and CloudFormation can make it.
 *
 * @throws SecretUnusable, without the secret, when that is too short to be one
 */
export function ticketKeyOf(secret: string): TicketKey {
  if (secret.length < MIN_SECRET_LENGTH) {
    throw new SecretUnusable(`The secret of the ticket key has fewer than ${MIN_SECRET_LENGTH} characters`);
  }
  const seed = Buffer.from(hkdfSync('sha256', secret, '', SEED_LABEL, 32));
  const key = Buffer.concat([PKCS8_PREFIX, seed]);
  const privateKey = createPrivateKey({ key, format: 'der', type: 'pkcs8' });
  const publicKey = createPublicKey(privateKey);
  const x = publicKey.export({ format: 'jwk' }).x!;
  const kid = keyIdOf(x);
  return {
    kid,
    privateKey,
    publicKey,
    jwk: { kty: 'OKP', crv: 'Ed25519', x, kid, alg: 'EdDSA', use: 'sig' },
  };
}

/** The beginning of the key's thumbprint (RFC 7638, RFC 8037): it tells a few keys apart and keeps the QR code small. */
function keyIdOf(x: string): string {
  const members = JSON.stringify({ crv: 'Ed25519', kty: 'OKP', x });
  return createHash('sha256').update(members).digest('base64url').slice(0, 8);
}
