import { createInterface } from 'node:readline/promises';
import { type CancellationRequest, CANCELS_ADMITTED } from '../../lambda/purchase/cancellation';
import { type Purchase } from '../../lambda/purchase/purchase';
import { type PurchaseAnswer } from '../../lambda/purchase/purchase-answer';
import { CURRENCIES, money } from '../../lambda/shared/currencies';
import { referenceOf } from '../../lambda/shared/reference';
import { signedFetch, type Signer } from '../../local/http/signed-fetch';

/** More than API Gateway waits. */
const PATIENCE = 35_000;

/** What the person on call asks for. */
export interface Cancel {
  readonly reason: CancellationRequest['reason'];
  /** As it was typed: `12.50`. @default everything */
  readonly refund?: string;
  readonly dryRun: boolean;
  readonly yes: boolean;
}

/** Where cancellations are asked for, and with whose name. */
export interface Api {
  readonly url: string;
  readonly signer: Signer;
}

/** The request is none: nothing was asked. */
export class NotAsked extends Error {
  override readonly name = 'NotAsked';
}

export type Outcome = 'DONE' | 'REFUSED' | 'UNKNOWN';

const print = (text: string) => void process.stdout.write(`${text}\n`);

/**
 * Cancels a purchase through the API, once the person at the terminal has seen what that means.
 *
 * @throws NotAsked when the amount is none, or nobody is at the terminal to agree
 */
export async function cancelPurchase(
  purchase: Purchase,
  asked: Cancel,
  api: () => Promise<Api>,
): Promise<Outcome> {
  const { reason, refund } = asked;
  const amount = refund === undefined ? undefined : minorUnits(refund, purchase.currency);
  if (amount !== undefined && reason === 'DISPUTE')
    throw new NotAsked('--refund cannot be with DISPUTE: the bank has the money');

  print(plan(purchase, reason, amount));
  if (asked.dryRun) {
    const refusal = refusalOf(purchase, reason);
    print(refusal ? `It would be refused: ${refusal}` : 'Nothing was changed: this is a dry run');
    return refusal ? 'REFUSED' : 'DONE';
  }
  if (!asked.yes && !(await isAgreed())) {
    print('Nothing was changed');
    return 'REFUSED';
  }
  return request(purchase, { reason, ...(amount !== undefined && { refund: { amount } }) }, await api());
}

function plan(
  { purchaseId, eventId, seats, ...purchase }: Purchase,
  reason: Cancel['reason'],
  amount?: number,
): string {
  const { currency } = purchase;
  const price = money(purchase.amount, currency);
  const back =
    reason === 'DISPUTE'
      ? 'nothing more: the bank has the money'
      : `${amount === undefined ? price : money(amount, currency)} of ${price}, with what was given back by hand`;
  return [
    `Purchase ${referenceOf(purchaseId)}, ${purchase.status}, of the event ${eventId}`,
    `  on sale again   ${seats.map(({ seatId }) => seatId).join(', ')}`,
    `  given back      ${back}`,
  ].join('\n');
}

/** Why the API would not cancel it, as far as the record says. */
function refusalOf({ status, admitted }: Purchase, reason: Cancel['reason']): string | undefined {
  if (status === 'CANCELLED') return undefined;
  if (status !== 'CONFIRMED') return `the purchase is ${status}`;
  return admitted !== undefined && !CANCELS_ADMITTED[reason]
    ? 'one of its tickets has let somebody in, so only DISPUTE and FRAUD cancel it'
    : undefined;
}

async function isAgreed(): Promise<boolean> {
  if (!process.stdin.isTTY) throw new NotAsked('Nobody is at a terminal to agree: add --yes, or --dry-run');
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  terminal.once('SIGINT', () => process.exit(130));
  // Ctrl-D answers nothing.
  const ended = new Promise<string>((resolve) => terminal.once('close', () => resolve('')));
  const answer = await Promise.race([terminal.question('Cancel it? It cannot be undone. [y/N] '), ended]);
  terminal.close();
  return /^y(es)?$/i.test(answer.trim());
}

async function request(
  { purchaseId, currency }: Purchase,
  body: CancellationRequest,
  { url, signer }: Api,
): Promise<Outcome> {
  const unknown = (why: string): Outcome => {
    process.stderr.write(
      `${why}: it is not known whether the purchase is cancelled. What has begun is brought to its end within minutes. Follow it:\n` +
        `  npm run purchase -- find ${referenceOf(purchaseId)}\n`,
    );
    return 'UNKNOWN';
  };
  let status: number;
  let answer: Partial<PurchaseAnswer> & { readonly code?: string; readonly detail?: string };
  try {
    const init = { method: 'POST', body: JSON.stringify(body), signal: AbortSignal.timeout(PATIENCE) };
    const response = await signedFetch(`${url}/purchases/${purchaseId}/cancellation`, init, signer);
    status = response.status;
    answer = (await response.json()) as typeof answer;
  } catch {
    return unknown(`${url} does not answer`);
  }
  if (status === 200 && answer.cancellation) {
    const { reason, refund } = answer.cancellation;
    print(`Cancelled (${reason}). ${money(refund.amount, currency)} to give back: ${refund.status}`);
    return 'DONE';
  }
  if (status >= 500) return unknown(`${answer.code ?? status}`);
  process.stderr.write(`${answer.code}: ${answer.detail}\n`);
  return 'REFUSED';
}

/** `12.50` of a currency in its minor units. @throws NotAsked */
function minorUnits(typed: string, currency: string): number {
  const { decimals } = CURRENCIES.get(currency) ?? { decimals: 2 };
  const [, units, fraction = ''] = /^(\d{1,12})(?:\.(\d+))?$/.exec(typed) ?? [];
  if (units === undefined || fraction.length > decimals)
    throw new NotAsked(
      `--refund ${typed} is no amount in ${currency}: write it as ${money(1_250, currency)} without the currency`,
    );
  return Number(units + fraction.padEnd(decimals, '0'));
}
