import type { APIGatewayProxyEvent, APIGatewayProxyResult } from 'aws-lambda';
import { connectUnsubscriptions, type Unsubscriptions } from '../purchase/unsubscriptions';
import { type AddressHashes, connectAddressHashes } from '../shared/address-hash';
import { route } from '../shared/api';
import { logger } from '../shared/logger';
import { unsubscriptionPage } from './unsubscription-page';

export interface UnsubscribeDependencies {
  readonly addresses: Pick<AddressHashes, 'hashOfToken'>;
  readonly unsubscriptions: Pick<Unsubscriptions, 'add'>;
}

/**
 * `GET` and `POST /unsubscriptions/{token}`. `GET` only asks: what reads the links of e-mails, as virus scanners do, unsubscribes nobody.
 * `POST` does it, by the page's button or by a mail program's own, which asks nothing more (RFC 8058).
 *
 * No script, and no page of the storefront: not every stage has one, and a mail program may show it in a browser of its own.
 */
export async function unsubscribe(
  { httpMethod, pathParameters }: Pick<APIGatewayProxyEvent, 'httpMethod' | 'pathParameters'>,
  { addresses, unsubscriptions }: UnsubscribeDependencies,
): Promise<APIGatewayProxyResult> {
  const hash = await addresses.hashOfToken(pathParameters?.['token'] ?? '');
  if (hash === undefined) return unsubscriptionPage('UNKNOWN');
  if (httpMethod !== 'POST') return unsubscriptionPage('ASKED');
  await unsubscriptions.add(hash);
  logger.info('Unsubscribed');
  return unsubscriptionPage('DONE');
}

export const handler = route({
  name: 'Unsubscribe',
  connect: () => ({ addresses: connectAddressHashes(), unsubscriptions: connectUnsubscriptions() }),
  answer: unsubscribe,
});
