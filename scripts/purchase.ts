import { parseArgs } from 'node:util';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { type Purchase } from '../lambda/purchase/purchase';
import { PurchaseRepository } from '../lambda/purchase/purchase-repository';
import { parseReference } from '../lambda/shared/reference';
import { findTable } from './purchase/find-table';
import { purchaseSheet } from './purchase/purchase-sheet';
import { localTarget } from './smoke/target';

const HELP = `Usage: npm run purchase -- find REFERENCE [options]

Finds a purchase by its reference, which is printed on ticket, mail and page and stands in the logs. In any case, with blanks or
hyphens, with O for 0 and I or L for 1. Or by its hash, which names its ticket's object, its recoveries and its escalations:
the text may have more in it, such as the whole name of an execution.

Prints status, event, seats, amount, times, payment intent and, if it failed, why. The buyer only when asked for.

Options:
  --stage NAME   the stage (default dev): a name of lib/config.ts
  --local URL    the local run at this address instead: http://127.0.0.1:3000
  --buyer        print the buyer's name and addresses, too: personal data
  --id           print the purchase's id alone, for scripts. It opens the purchase: give it to nobody, paste it nowhere
  --help         this text

The account and the region are those of the AWS CLI: AWS_PROFILE, AWS_REGION. It takes dynamodb:ListTables, and on the purchase
table dynamodb:GetItem, and dynamodb:Query on its index references.

Exit codes: 0 found; 1 there is no such purchase; 2 the arguments are wrong; 3 it could not be looked up.
`;

const EXIT = { found: 0, notFound: 1, wrongArguments: 2, failed: 3 } as const;

interface Arguments {
  /** As it was typed. */
  readonly wanted: string;
  readonly stage: string;
  readonly local?: string;
  readonly buyer: boolean;
  readonly id: boolean;
}

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
    return EXIT.found;
  }
  const search = searchFor(read.wanted);
  if (!search) {
    process.stderr.write(`${read.wanted} is no reference: it has 10 letters and digits, and no U\n`);
    return EXIT.wrongArguments;
  }
  const found = await search(await connect(read));
  if (found.length === 0) {
    process.stderr.write(
      `There is no purchase ${read.wanted} in ${read.local ?? `the stage ${read.stage}`}\n`,
    );
    return EXIT.notFound;
  }
  const print = (purchase: Purchase) =>
    read.id ? `${purchase.purchaseId}\n` : purchaseSheet(purchase, { withBuyer: read.buyer });
  process.stdout.write(found.map(print).join('\n'));
  return EXIT.found;
}

/** How to look up what was typed; undefined when it can be neither a reference nor a hash. */
function searchFor(typed: string): ((purchases: PurchaseRepository) => Promise<Purchase[]>) | undefined {
  const hash = /[0-9a-f]{64}/.exec(typed)?.[0];
  if (hash) {
    return async (purchases) => {
      const purchase = await purchases.findByHash(hash);
      return purchase ? [purchase] : [];
    };
  }
  const reference = parseReference(typed);
  return reference ? (purchases) => purchases.findByReference(reference) : undefined;
}

async function connect({ stage, local }: Arguments): Promise<PurchaseRepository> {
  if (local) {
    const { region, credentials, endpoints, purchaseTable } = await localTarget(local);
    const client = new DynamoDBClient({ region, credentials, endpoint: endpoints.dynamodb });
    return new PurchaseRepository(DynamoDBDocumentClient.from(client), purchaseTable);
  }
  const client = new DynamoDBClient();
  const tableName = await findTable(client, `EventPro-${stage}-Data`, 'PurchaseTable');
  return new PurchaseRepository(DynamoDBDocumentClient.from(client), tableName);
}

/** What is wrong with them, or nothing when only the help was asked for. */
function readArguments(): Arguments | string | undefined {
  try {
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      options: {
        buyer: { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h' },
        id: { type: 'boolean', default: false },
        local: { type: 'string' },
        stage: { type: 'string' },
      },
    });
    if (values.help) return undefined;
    const [command, ...typed] = positionals;
    if (command !== 'find')
      return command ? `There is no command ${command}` : 'The command is missing: find';
    if (typed.length === 0) return 'The reference is missing';
    if (values.local !== undefined && values.stage !== undefined)
      return '--local and --stage exclude each other';
    const { stage = 'dev', local, buyer, id } = values;
    // A reference that was typed with blanks comes in pieces.
    return { wanted: typed.join(' '), stage, local, buyer, id };
  } catch (error) {
    return (error as Error).message;
  }
}
