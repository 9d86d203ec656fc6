import { LocalClock } from '../../../local/core/clock';
import { startStripeServer } from '../../../local/stripe/stripe-server';

/** The process that the kill -9 test kills: `journal-server.ts JOURNAL_FILE`; prints its URL. */
void startStripeServer({ journalFile: process.argv[2], clock: new LocalClock() }).then(({ url }) => {
  process.stdout.write(`${url}\n`);
});
