import { type MeasuredRun, openSoldShop } from './sold-shop';

const HOUR = 3_600;
const DAY = 86_400;

export interface Runs {
  readonly first: MeasuredRun;
  readonly nextHour: MeasuredRun;
  readonly nextDay: MeasuredRun;
  readonly lastDays: MeasuredRun;
}

/** The process that is measured: audits of a shop from the sale to the last days before its events. */
async function main([assemblyDirectory, seats]: readonly string[]): Promise<void> {
  const shop = await openSoldShop(assemblyDirectory!, Number(seats));
  try {
    const first = await shop.run();
    shop.pass(HOUR);
    const nextHour = await shop.run();
    // The second look at the payments is in this one, which is not shown.
    shop.pass(4 * DAY);
    await shop.run();
    shop.pass(DAY);
    const nextDay = await shop.run();
    shop.pass(shop.beginsAt - shop.now() - DAY);
    const lastDays = await shop.run();
    process.stdout.write(JSON.stringify({ first, nextHour, nextDay, lastDays } satisfies Runs));
  } finally {
    await shop.close();
  }
}

main(process.argv.slice(2)).catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
  process.exit(1);
});
