import { readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { machine } from './host/machine';
import { writeDocument } from './report/documents';
import { renderSection } from './report/table';
import { ownAssembly, separateServers } from './server/lab';
import { flashSaleSection } from './simulation/flash-sale-section';
import { measuredUse } from './simulation/measured-use';
import { type CheckoutUse, DEFAULT_QUOTAS, type Quotas } from './simulation/quotas';
import { DEFAULT_SALE } from './simulation/simulate';
import { messageOf } from '../local/aws/error-message';

const HELP = `Usage: npm run simulate -- [options]

Simulates a flash sale against the quotas of AWS and Stripe: checkouts a second by the number of sections, where it
breaks first, and what to raise. What a checkout uses is measured first, on the local run.

Options:
  --seats N          seats of the event (default ${DEFAULT_SALE.seats})
  --buyers N         buyers (default ${DEFAULT_SALE.buyers})
  --seconds N        within which they all come (default ${DEFAULT_SALE.arrivalSeconds})
  --seed N           of the simulation (default ${DEFAULT_SALE.seed})
  --quota NAME=N     another value for a quota; may be repeated. Names and defaults:
${Object.entries(DEFAULT_QUOTAS)
  .map(([name, value]) => `                       ${name}=${value}`)
  .join('\n')}
  --use FILE         what a checkout uses, as an earlier run wrote it; nothing is measured then
  --json FILE        write what was used and found into FILE
  --write-docs       replace the block "simulate" of docs/performance.md
  --help             this text
`;

main().catch((error: unknown) => {
  process.stderr.write(`${messageOf(error)}\n`);
  process.exit(1);
});

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      seats: { type: 'string', default: String(DEFAULT_SALE.seats) },
      buyers: { type: 'string', default: String(DEFAULT_SALE.buyers) },
      seconds: { type: 'string', default: String(DEFAULT_SALE.arrivalSeconds) },
      seed: { type: 'string', default: String(DEFAULT_SALE.seed) },
      quota: { type: 'string', multiple: true, default: [] },
      use: { type: 'string' },
      json: { type: 'string' },
      'write-docs': { type: 'boolean' },
      help: { type: 'boolean', short: 'h' },
    },
  });
  if (values.help) return void process.stdout.write(HELP);
  const use = values.use ? readUse(values.use) : await measureNow();
  const section = flashSaleSection({
    use,
    quotas: quotasOf(values.quota),
    seats: whole('seats', values.seats),
    buyers: whole('buyers', values.buyers),
    arrivalSeconds: whole('seconds', values.seconds),
    seed: whole('seed', values.seed),
  });
  process.stdout.write(`${renderSection(section)}\n`);
  if (values.json) writeFileSync(values.json, JSON.stringify({ use, section }, undefined, 2));
  if (values['write-docs']) writeDocument(section, machine());
}

async function measureNow(): Promise<CheckoutUse> {
  const app = ownAssembly();
  return measuredUse(separateServers(app.folder), 2, 15).finally(app.remove);
}

function readUse(file: string): CheckoutUse {
  return (JSON.parse(readFileSync(file, 'utf8')) as { use: CheckoutUse }).use;
}

function quotasOf(given: readonly string[]): Quotas {
  const quotas: Record<string, number> = { ...DEFAULT_QUOTAS };
  for (const each of given) {
    const [name = '', value = ''] = each.split('=');
    if (!(name in quotas)) throw new Error(`There is no quota ${name}\n\n${HELP}`);
    quotas[name] = whole(name, value);
  }
  return quotas as unknown as Quotas;
}

function whole(name: string, value: string): number {
  const number = Number(value);
  if (Number.isInteger(number) && number > 0) return number;
  throw new Error(`${name} must be a whole number above 0, not ${value}`);
}
