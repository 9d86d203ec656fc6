import { parseArgs } from 'node:util';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { messageOf } from '../local/aws/error-message';
import { bypassProxyOnThisMachine } from '../local/http/proxy-bypass';
import { replayEvents } from './replay/replay-events';

const HELP = `Usage: npm run replay -- --stage STAGE --from TIME [--to TIME] [--consumer NAME] [--dry-run]

Sends the domain events of a period to the rules of the bus once more, from the archive. Consumers deduplicate by detail.id,
so those that have an event already ignore it.

Options:
  --stage STAGE    dev, prod, …: a name of lib/config.ts
  --from TIME      the first moment, by the events' own time: 2027-03-20T18:00:00Z
  --to TIME        the moment after the last (default: ten minutes ago; the archive is some minutes behind the bus)
  --consumer NAME  one alone, by the name of its construct in lib/event-stack.ts, such as Printing (default: all)
  --dry-run        say what would be replayed, and start nothing
  --help           this text

The account and the region are those of the AWS CLI: AWS_PROFILE, AWS_REGION. To a local run lead the
variables that \`npm start\` prints. Ctrl-C stops waiting, not the replay.

Exit codes: 0 it was replayed, or would be; 1 it was not; 2 the options are wrong.
`;

interface Arguments {
  readonly stage: string;
  readonly from: Date;
  readonly to: Date;
  readonly consumer?: string;
  readonly dryRun: boolean;
}

/** Events reach the archive some minutes after the bus ("Archiving and replaying events in Amazon EventBridge", read November 2026). */
const ARCHIVE_IS_BEHIND_MS = 600_000;

/** An offset must be there: a time without one would be another on each machine. */
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)$/;

bypassProxyOnThisMachine();
main().catch((error: unknown) => {
  process.stderr.write(`${messageOf(error)}\n`);
  process.exitCode = 1;
});

async function main(): Promise<void> {
  const read = readArguments();
  if (typeof read === 'string') {
    process.stderr.write(`${read}\n\n${HELP}`);
    process.exitCode = 2;
    return;
  }
  if (!read) return void process.stdout.write(HELP);
  const print = (line: string) => void process.stdout.write(`${line}\n`);
  const isReplayed = await replayEvents({ ...read, client: new EventBridgeClient(), print });
  if (!isReplayed) process.exitCode = 1;
}

/** What is wrong with them, or nothing when only the help was asked for. */
function readArguments(): Arguments | string | undefined {
  try {
    const { values } = parseArgs({
      options: {
        ...{ stage: { type: 'string' }, from: { type: 'string' }, to: { type: 'string' } },
        ...{ consumer: { type: 'string' }, 'dry-run': { type: 'boolean', default: false } },
        help: { type: 'boolean', short: 'h' },
      },
    });
    if (values.help) return undefined;
    const { stage, consumer, 'dry-run': dryRun } = values;
    if (!stage) return '--stage is missing';
    if (values.from === undefined) return '--from is missing';
    const from = timeOf(values.from);
    const to = values.to === undefined ? new Date(Date.now() - ARCHIVE_IS_BEHIND_MS) : timeOf(values.to);
    if (!from || !to) return 'A time is as 2027-03-20T18:00:00Z';
    if (from >= to) return `--from must be before --to, which is ${to.toISOString()}`;
    return { stage, from, to, dryRun, ...(consumer !== undefined && { consumer }) };
  } catch (error) {
    return messageOf(error);
  }
}

function timeOf(text: string): Date | undefined {
  const time = new Date(text);
  return TIME.test(text) && !Number.isNaN(time.getTime()) ? time : undefined;
}
