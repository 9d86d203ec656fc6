import { parseArgs } from 'node:util';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { cancellationRequestSchema } from '../lambda/purchase/cancellation';
import { type Order } from '../lambda/order/order';
import { EMAIL_ADDRESS } from '../lambda/purchase/email-address';
import { isPurchaseId, type Purchase } from '../lambda/purchase/purchase';
import { PurchaseRepository } from '../lambda/purchase/purchase-repository';
import { isSameAddress } from '../lambda/shared/address-hash';
import { parseReference, purchaseHash, referenceOf } from '../lambda/shared/reference';
import { LOCAL_CREDENTIALS } from '../local/aws/aws-service';
import { type Signer } from '../local/http/signed-fetch';
import { bypassProxyOnThisMachine } from '../local/http/proxy-bypass';
import { type Cancel, cancelPurchase, NotAsked } from './purchase/cancel';
import { findOrders } from './purchase/find-orders';
import { findTable } from './purchase/find-table';
import { orderSheet } from './purchase/order-sheet';
import { search, type Wanted } from './purchase/search';
import { purchaseSheet } from './purchase/purchase-sheet';
import { localTarget } from './smoke/target';

const REASONS = cancellationRequestSchema.shape.reason.options;

const HELP = `Usage: npm run purchase -- find REFERENCE [options]
       npm run purchase -- find --seat SEAT --event EVENT | --email ADDRESS | --payment pi_… [options]
       npm run purchase -- cancel REFERENCE --reason REASON [options]

find: finds a purchase, or an order of extras, by its reference, which is printed on ticket, mail and page and stands in the logs. In any case, with blanks or
hyphens, with O for 0 and I or L for 1. Or by its hash, which names its ticket's object, its recoveries and its escalations:
the text may have more in it, such as the whole name of an execution. An order is looked for where there is no such purchase: that reads
the whole table of orders.

By seat: who has it now. By the buyer's address: all there are, with the orders of extras; by Stripe's id of the payment: what it has paid for.
Either goes through the whole table.

Prints status, event, seats, amount, times, payment intent and, if it failed, why. The buyer only when asked for.

cancel: cancels it through the API, as POST /purchases/{purchaseId}/cancellation does: its tickets stop being valid, its seats are on
sale again, the money goes back, the buyer is told. Shows what that means, and asks. A purchase may also be named by its id.

Options:
  --stage NAME     the stage (default dev): a name of lib/config.ts
  --local URL      the local run at this address instead: http://127.0.0.1:3000

of find:
  --seat SEAT      such as A-12, of the event --event
  --email ADDRESS  the one that the buyer has given
  --payment ID     Stripe's id of the payment, pi_…
  --buyer          print the buyer's name and addresses, too: personal data
  --id             print the purchase's id alone, for scripts. It opens the purchase: give it to nobody, paste it nowhere

of cancel:
  --reason REASON  ${REASONS.join(', ')}
  --refund AMOUNT  how much will have been given back in all, with what was given back by hand: 12.50 (default: everything;
                   with DISPUTE nothing, because the bank has the money)
  --api URL        the API of the stage: its output ApiUrl of EventPro-<stage>-Checkout
  --dry-run        show what it would do, and do nothing
  --yes            do not ask

  --help           this text

The account and the region are those of the AWS CLI: AWS_PROFILE, AWS_REGION. It takes dynamodb:ListTables, and on the purchase
table dynamodb:GetItem, and dynamodb:Query on its index references; on the table of orders dynamodb:Scan; by address or payment dynamodb:Scan,
by seat dynamodb:GetItem on the seat table, too; to cancel, the policy OrganiserPolicyArn of the stage.

Exit codes: 0 found, or cancelled; 1 there is no such purchase, or it cannot be cancelled, or you have not agreed; 2 the arguments are
wrong; 3 it could not be looked up, or it is not known whether it is cancelled.
`;

const EXIT = { done: 0, notFound: 1, refused: 1, wrongArguments: 2, failed: 3 } as const;

/** What only one of the commands takes. */
const OPTIONS_OF = {
  find: ['buyer', 'email', 'event', 'id', 'payment', 'seat'],
  cancel: ['api', 'dry-run', 'reason', 'refund', 'yes'],
} as const;

interface Arguments {
  /** As it was typed: a reference, or what is looked for by. */
  readonly wanted: string;
  /** @default by its reference */
  readonly by?: Wanted;
  readonly stage: string;
  readonly local?: string;
  readonly buyer: boolean;
  readonly id: boolean;
  /** @default it is only to be found */
  readonly cancel?: Cancel & { readonly api?: string };
}

type Search = (connection: Connection) => Promise<Purchase[]>;

/** What a stage, or a local run, is asked with. */
interface Connection {
  readonly purchases: PurchaseRepository;
  readonly orders: (isWanted: (order: Order) => boolean) => Promise<Order[]>;
  readonly search: (by: Wanted) => Promise<Purchase[]>;
  readonly signer: () => Promise<Signer>;
  readonly apiUrl?: string;
}

bypassProxyOnThisMachine();
main().then(
  (code) => (process.exitCode = code),
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = EXIT.failed;
  },
);

async function main(): Promise<number> {
  const read = readArguments();
  if (typeof read === 'string') {
    process.stderr.write(`${read}\n\n${HELP}`);
    return EXIT.wrongArguments;
  }
  if (!read) {
    process.stdout.write(HELP);
    return EXIT.done;
  }
  const search = searchFor(read);
  if (!search) {
    process.stderr.write(`${read.wanted} is no reference: it has 10 letters and digits, and no U\n`);
    return EXIT.wrongArguments;
  }
  const connection = await connect(read);
  const found = await search(connection);
  const isOrder = isOrderOf(read, found);
  const orders = isOrder ? await connection.orders(isOrder) : [];
  if (found.length + orders.length === 0) {
    const what = isOrder ? 'purchase, and no order,' : 'purchase';
    process.stderr.write(
      `There is no ${what} ${read.by ? `of ${read.wanted}` : read.wanted} in ${read.local ?? `the stage ${read.stage}`}\n`,
    );
    return EXIT.notFound;
  }
  if (read.cancel) return cancel(found, read.cancel, connection);
  const { id, buyer: withBuyer } = read;
  const printed = [
    ...found.map((purchase) => (id ? `${purchase.purchaseId}\n` : purchaseSheet(purchase, { withBuyer }))),
    ...orders.map((order) => (id ? `${order.orderId}\n` : orderSheet(order, { withBuyer }))),
  ];
  process.stdout.write(printed.join('\n'));
  return EXIT.done;
}

async function cancel(
  [purchase, ...others]: Purchase[],
  asked: NonNullable<Arguments['cancel']>,
  { apiUrl, signer }: Connection,
): Promise<number> {
  if (others.length > 0) {
    process.stderr.write('More than one purchase has this reference: find them, and name one by its hash\n');
    return EXIT.refused;
  }
  const url = (asked.api ?? apiUrl)?.replace(/\/$/, '');
  if (url === undefined && !asked.dryRun) {
    process.stderr.write('--api is missing: the output ApiUrl of the stack EventPro-<stage>-Checkout\n');
    return EXIT.wrongArguments;
  }
  try {
    const outcome = await cancelPurchase(purchase!, asked, async () => ({
      url: url!,
      signer: await signer(),
    }));
    return { DONE: EXIT.done, REFUSED: EXIT.refused, UNKNOWN: EXIT.failed }[outcome];
  } catch (error) {
    if (!(error instanceof NotAsked)) throw error;
    process.stderr.write(`${error.message}\n`);
    return EXIT.wrongArguments;
  }
}

/** How to look up what was typed; undefined when it can be none of a purchase's names. */
function searchFor({ wanted, by, cancel }: Arguments): Search | undefined {
  if (by) return ({ search: find }) => find(by);
  const one = async (found: Promise<Purchase | undefined>) => {
    const purchase = await found;
    return purchase ? [purchase] : [];
  };
  if (cancel && isPurchaseId(wanted)) return ({ purchases }) => one(purchases.find(wanted.toLowerCase()));
  const hash = /[0-9a-f]{64}/.exec(wanted)?.[0];
  if (hash) return ({ purchases }) => one(purchases.findByHash(hash));
  const reference = parseReference(wanted);
  return reference ? ({ purchases }) => purchases.findByReference(reference) : undefined;
}

/**
 * Which orders are looked for by the same words: what an address has ordered beside what it has bought, else one where there is no
 * purchase. @returns undefined when none can be meant
 */
function isOrderOf(
  { wanted, by, cancel, id }: Arguments,
  found: readonly Purchase[],
): ((order: Order) => boolean) | undefined {
  if (by && 'email' in by && !id) return ({ buyer }) => isSameAddress(buyer.email, by.email);
  if (cancel || found.length > 0) return undefined;
  if (by) return 'payment' in by ? ({ paymentIntentId }) => paymentIntentId === by.payment : undefined;
  const hash = /[0-9a-f]{64}/.exec(wanted)?.[0];
  const reference = parseReference(wanted);
  return ({ orderId }) => (hash ? purchaseHash(orderId) === hash : referenceOf(orderId) === reference);
}

async function connect({ stage, local, cancel }: Arguments): Promise<Connection> {
  if (local) {
    const { region, credentials, endpoints, purchaseTable, orderTable, seatTable, signedApiUrl } =
      await localTarget(local);
    const client = DynamoDBDocumentClient.from(
      new DynamoDBClient({ region, credentials, endpoint: endpoints.dynamodb }),
    );
    return {
      ...storesOf(client, purchaseTable, () => Promise.resolve(seatTable)),
      orders: (isWanted) => findOrders(client, orderTable, isWanted),
      signer: () => Promise.resolve({ region, credentials: LOCAL_CREDENTIALS }),
      apiUrl: signedApiUrl,
    };
  }
  const client = new DynamoDBClient();
  const documents = DynamoDBDocumentClient.from(client);
  const table = (logicalId: string) => findTable(client, `EventPro-${stage}-Data`, logicalId);
  return {
    ...storesOf(documents, await table('PurchaseTable'), () => table('SeatTable')),
    orders: async (isWanted) => findOrders(documents, await table('OrderTable'), isWanted),
    signer: async () => ({
      region: /execute-api\.([\w-]+)\./.exec(cancel?.api ?? '')?.[1] ?? (await client.config.region()),
      credentials: await client.config.credentials(),
    }),
  };
}

function storesOf(client: DynamoDBDocumentClient, purchaseTable: string, seatTable: () => Promise<string>) {
  const purchases = new PurchaseRepository(client, purchaseTable);
  return { purchases, search: (by: Wanted) => search(by, { client, purchases, purchaseTable, seatTable }) };
}

/** @returns what is looked for by; a text when it is not clear; undefined when it is a reference */
function wantedBy(values: {
  readonly [option in 'email' | 'event' | 'payment' | 'seat']?: string | undefined;
}): Wanted | string | undefined {
  const { email, event, payment, seat } = values;
  if ([email, payment, seat].filter((value) => value !== undefined).length > 1)
    return '--seat, --email and --payment exclude each other';
  if (seat !== undefined)
    return event === undefined ? '--event is missing: a seat is one of an event' : { seat, event };
  if (event !== undefined) return '--event goes with --seat';
  if (payment !== undefined)
    return /^pi_\w+$/.test(payment) ? { payment } : `${payment} is no payment: it begins with pi_`;
  if (email === undefined) return undefined;
  return EMAIL_ADDRESS.test(email.trim()) ? { email } : '--email is no e-mail address';
}

/** What is wrong with them, or nothing when only the help was asked for. */
function readArguments(): Arguments | string | undefined {
  try {
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      options: {
        api: { type: 'string' },
        buyer: { type: 'boolean' },
        'dry-run': { type: 'boolean' },
        email: { type: 'string' },
        event: { type: 'string' },
        payment: { type: 'string' },
        seat: { type: 'string' },
        help: { type: 'boolean', short: 'h' },
        id: { type: 'boolean' },
        local: { type: 'string' },
        reason: { type: 'string' },
        refund: { type: 'string' },
        stage: { type: 'string' },
        yes: { type: 'boolean' },
      },
    });
    if (values.help) return undefined;
    const [command, ...typed] = positionals;
    if (command !== 'find' && command !== 'cancel')
      return command ? `There is no command ${command}` : 'The command is missing: find or cancel';
    const foreign = OPTIONS_OF[command === 'find' ? 'cancel' : 'find'].find(
      (name) => values[name] !== undefined,
    );
    if (foreign) return `--${foreign} is no option of ${command}`;
    const by = wantedBy(values);
    if (typeof by === 'string') return by;
    if (by && typed.length > 0) return 'A reference and --seat, --email or --payment exclude each other';
    if (!by && typed.length === 0) return 'The reference is missing';
    if (values.local !== undefined && values.stage !== undefined)
      return '--local and --stage exclude each other';
    if (values.local !== undefined && values.api !== undefined) return '--local and --api exclude each other';
    const { stage = 'dev', local, api, buyer = false, id = false, refund, yes = false } = values;
    // A reference that was typed with blanks comes in pieces.
    const wanted = by ? Object.values(by).join(' of ') : typed.join(' ');
    const read = { wanted, ...(by && { by }), stage, local, buyer, id };
    if (command === 'find') return read;
    const reason = REASONS.find((name) => name === values.reason);
    if (!reason)
      return `${values.reason ? `There is no reason ${values.reason}` : '--reason is missing'}: ${REASONS.join(', ')}`;
    return { ...read, cancel: { reason, refund, api, dryRun: values['dry-run'] ?? false, yes } };
  } catch (error) {
    return (error as Error).message;
  }
}
