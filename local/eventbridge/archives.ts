import { AwsError } from '../aws/aws-error';
import { LOCAL_ACCOUNT, LOCAL_REGION } from '../aws/aws-service';
import { type LocalClock } from '../core/clock';
import { Journal } from '../core/journal';
import { type BusEvent } from './bus-event';
import { type EventPattern } from './event-pattern';

export interface Archive {
  readonly name: string;
  readonly arn: string;
  readonly busName: string;
  readonly busArn: string;
  /** @default every event */
  readonly matches: EventPattern;
  /** 0: for ever. */
  readonly retentionDays: number;
  readonly createdAt: number;
}

interface ArchivedEvent {
  readonly archive: string;
  readonly event: BusEvent;
}

export function archiveArn(name: string): string {
  return `arn:aws:events:${LOCAL_REGION}:${LOCAL_ACCOUNT}:archive/${name}`;
}

/**
 * Keeps what is put on a bus, in a file, as there may be many: it is read when it is replayed. What a replay sends is not kept again
 * ("Archiving and replaying events", user guide, read November 2026).
 */
export class Archives {
  private readonly archives = new Map<string, Archive>();
  private readonly journal: Journal<ArchivedEvent>;

  constructor(
    file: string,
    private readonly clock: LocalClock,
  ) {
    this.journal = new Journal(file);
  }

  add(archive: Archive): void {
    this.archives.set(archive.arn, archive);
  }

  list(): readonly Archive[] {
    return [...this.archives.values()];
  }

  /** @throws AwsError ResourceNotFoundException */
  get(arn: string): Archive {
    const archive = this.archives.get(arn);
    if (archive) return archive;
    throw new AwsError('ResourceNotFoundException', `Archive ${arn.split('/').at(-1)} does not exist.`);
  }

  keep(busName: string, event: BusEvent): void {
    for (const { busName: of, matches, name } of this.archives.values())
      if (of === busName && matches(event)) this.journal.append({ archive: name, event });
  }

  /** Of one archive, those of the time asked for that are not too old, by their time. */
  events({ name, retentionDays }: Archive, from = -Infinity, to = Infinity): readonly BusEvent[] {
    const oldest = retentionDays === 0 ? -Infinity : this.clock.now() - retentionDays * 86_400_000;
    return this.journal
      .replay()
      .flatMap(({ archive, event }) => (archive === name ? event : []))
      .filter(({ time }) => Date.parse(time) >= Math.max(from, oldest) && Date.parse(time) < to)
      .sort((one, other) => Date.parse(one.time) - Date.parse(other.time));
  }

  reset(): void {
    this.journal.rewrite([]);
  }
}
