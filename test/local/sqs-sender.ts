import { appendFileSync } from 'node:fs';
import { LocalClock } from '../../local/core/clock';
import { createSqsService } from '../../local/sqs/sqs-service';

/** Sends messages without end, and writes down each that was acknowledged: the process that the test kills. */
const [journalFile, acknowledged] = process.argv.slice(2);
const queue = createSqsService({ clock: new LocalClock(), journalFile }).createQueue('q');

function sendNext(index: number): void {
  queue.send(`message ${index}`);
  appendFileSync(acknowledged!, `message ${index}\n`);
  setImmediate(sendNext, index + 1);
}

// Never outlive a test that failed.
process.on('disconnect', () => process.exit());
sendNext(0);
