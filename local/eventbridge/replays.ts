import { AwsError } from '../aws/aws-error';
import { LOCAL_ACCOUNT, LOCAL_REGION } from '../aws/aws-service';
import { type JsonOperation, taking } from '../aws/json-protocol';
import { type LocalClock } from '../core/clock';
import { endingOfMany } from '../core/ending';
import { Journal } from '../core/journal';
import { type Archive, archiveArn, type Archives } from './archives';
import { busArn, type EventBuses } from './event-buses';

interface StartReplayInput {
  readonly ReplayName?: string;
  readonly Description?: string;
  readonly EventSourceArn?: string;
  /** Seconds since the epoch. */
  readonly EventStartTime?: number;
  readonly EventEndTime?: number;
  readonly Destination?: { readonly Arn?: string; readonly FilterArns?: readonly string[] };
}

/** What `DescribeReplay` answers. */
export interface Replay {
  readonly ReplayName: string;
  readonly ReplayArn: string;
  readonly Description?: string;
  readonly State: 'STARTING' | 'RUNNING' | 'CANCELLING' | 'COMPLETED' | 'CANCELLED' | 'FAILED';
  readonly StateReason?: string;
  readonly EventSourceArn: string;
  readonly Destination: { readonly Arn: string; readonly FilterArns?: readonly string[] };
  readonly EventStartTime: number;
  readonly EventEndTime: number;
  readonly EventLastReplayedTime?: number;
  readonly ReplayStartTime: number;
  readonly ReplayEndTime?: number;
}

/** As many go at once, so that a replay can be cancelled and nothing else waits for it. */
const EVENTS_AT_ONCE = 100;

/**
 * Sends what an archive has kept to the rules of its bus once more ("StartReplay", API reference, read November 2026): by the time of
 * the events, with the name of the replay in each. A replay that the end of the process cut off has failed.
 */
export class Replays {
  private readonly journal: Journal<Replay>;
  private readonly replays = new Map<string, Replay>();
  private running = new Map<string, Promise<void>>();
  private ending = endingOfMany();

  constructor(
    private readonly archives: Archives,
    private readonly buses: EventBuses,
    private readonly clock: LocalClock,
    journalFile: string | undefined,
  ) {
    this.journal = new Journal(journalFile);
    for (const replay of this.journal.replay()) this.replays.set(replay.ReplayName, replay);
    for (const replay of this.replays.values())
      if (isUnderWay(replay)) this.note({ ...replay, State: 'FAILED', StateReason: 'The local run ended' });
    this.journal.rewrite([...this.replays.values()]);
  }

  /** Newest first. */
  list(): readonly Replay[] {
    return [...this.replays.values()].reverse();
  }

  operations(): Readonly<Record<string, JsonOperation<object>>> {
    return {
      StartReplay: taking(
        ['Description', 'Destination', 'EventEndTime', 'EventSourceArn', 'EventStartTime', 'ReplayName'],
        (input: StartReplayInput) => {
          const { ReplayArn, ReplayStartTime, State } = this.start(input);
          return { ReplayArn, ReplayStartTime, State };
        },
      ),
      DescribeReplay: taking(['ReplayName'], ({ ReplayName }: { ReplayName?: string }) =>
        this.get(ReplayName),
      ),
      ListReplays: taking(
        ['EventSourceArn', 'NamePrefix', 'State'],
        ({
          EventSourceArn,
          NamePrefix = '',
          State,
        }: {
          EventSourceArn?: string;
          NamePrefix?: string;
          State?: string;
        }) => ({
          Replays: this.list()
            .filter((replay) => replay.ReplayName.startsWith(NamePrefix))
            .filter((replay) => State === undefined || replay.State === State)
            .filter((replay) => EventSourceArn === undefined || replay.EventSourceArn === EventSourceArn)
            .map(({ Description: _, Destination: __, ReplayArn: ___, ...replay }) => replay),
        }),
      ),
      CancelReplay: taking(['ReplayName'], ({ ReplayName }: { ReplayName?: string }) => {
        const replay = this.get(ReplayName);
        if (!isUnderWay(replay))
          throw new AwsError(
            'IllegalStatusException',
            `Replay ${ReplayName} is not in a valid state for this operation.`,
          );
        this.note({ ...replay, State: 'CANCELLING' });
        return { ReplayArn: replay.ReplayArn, State: 'CANCELLING' };
      }),
      DescribeArchive: taking(['ArchiveName'], ({ ArchiveName = '' }: { ArchiveName?: string }) =>
        this.described(this.archives.get(archiveArn(ArchiveName))),
      ),
      ListArchives: taking(
        ['EventSourceArn', 'NamePrefix'],
        ({ EventSourceArn, NamePrefix = '' }: { EventSourceArn?: string; NamePrefix?: string }) => ({
          Archives: this.archives
            .list()
            .filter(({ busArn: of, name }) => name.startsWith(NamePrefix) && (EventSourceArn ?? of) === of)
            .map((archive) => this.described(archive)),
        }),
      ),
    };
  }

  /** @throws AwsError */
  start({
    ReplayName,
    Description,
    EventSourceArn = '',
    EventStartTime,
    EventEndTime,
    Destination = {},
  }: StartReplayInput): Replay {
    if (!ReplayName || !/^[.\-_A-Za-z0-9]{1,64}$/.test(ReplayName))
      throw new AwsError('ValidationException', `Parameter ReplayName is not valid: ${ReplayName}`);
    if (this.replays.has(ReplayName))
      throw new AwsError('ResourceAlreadyExistsException', `Replay ${ReplayName} already exists.`);
    const archive = this.archives.get(EventSourceArn);
    if (Destination.Arn !== archive.busArn)
      throw new AwsError(
        'ValidationException',
        'Parameter Destination.Arn is not valid. Reason: Cannot replay to a different event bus than the one of the archive.',
      );
    if (EventStartTime === undefined || EventEndTime === undefined || EventStartTime >= EventEndTime)
      throw new AwsError(
        'ValidationException',
        'Parameter EventEndTime is not valid. Reason: EventStartTime must be before EventEndTime.',
      );
    const unknown = Destination.FilterArns?.find((arn) => this.buses.rule(arn)?.busName !== archive.busName);
    if (unknown)
      throw new AwsError(
        'ValidationException',
        `Parameter Destination.FilterArns is not valid: ${unknown} is no rule of the bus.`,
      );
    const replay: Replay = {
      ...{ ReplayName, Description, EventSourceArn, EventStartTime, EventEndTime, State: 'STARTING' },
      ReplayArn: `arn:aws:events:${LOCAL_REGION}:${LOCAL_ACCOUNT}:replay/${ReplayName}`,
      Destination: { Arn: archive.busArn, FilterArns: Destination.FilterArns },
      ReplayStartTime: this.clock.now() / 1000,
    };
    this.note(replay);
    const running = this.run(replay, archive, this.ending.signal).finally(() =>
      this.running.delete(ReplayName),
    );
    this.running.set(ReplayName, running);
    return replay;
  }

  async pause(): Promise<void> {
    this.ending.abort();
    await Promise.all(this.running.values());
    this.ending = endingOfMany();
  }

  reset(): void {
    this.replays.clear();
    this.journal.rewrite([]);
  }

  private async run(started: Replay, archive: Archive, signal: AbortSignal): Promise<void> {
    const { Destination, EventEndTime, EventStartTime, ReplayName } = started;
    await nextTurn();
    const events = this.archives.events(archive, EventStartTime * 1000, EventEndTime * 1000);
    for (let sent = 0; sent < events.length && !signal.aborted; sent += EVENTS_AT_ONCE) {
      if (this.replays.get(ReplayName)?.State === 'CANCELLING') break;
      const some = events.slice(sent, sent + EVENTS_AT_ONCE);
      for (const event of some)
        this.buses.replay(archive.busName, { ...event, 'replay-name': ReplayName }, Destination.FilterArns);
      const EventLastReplayedTime = Date.parse(some.at(-1)!.time) / 1000;
      this.note({ ...this.replays.get(ReplayName)!, State: 'RUNNING', EventLastReplayedTime });
      await nextTurn();
    }
    if (signal.aborted) return;
    const last = this.replays.get(ReplayName)!;
    const State = last.State === 'CANCELLING' ? 'CANCELLED' : 'COMPLETED';
    this.note({ ...last, State, ReplayEndTime: this.clock.now() / 1000 });
  }

  private get(name = ''): Replay {
    const replay = this.replays.get(name);
    if (replay) return replay;
    throw new AwsError('ResourceNotFoundException', `Replay ${name} does not exist.`);
  }

  private note(replay: Replay): void {
    this.journal.append(replay);
    this.replays.set(replay.ReplayName, replay);
  }

  private described(archive: Archive): object {
    const { arn, busName, createdAt, name, retentionDays } = archive;
    return {
      ...{ ArchiveName: name, ArchiveArn: arn, EventSourceArn: busArn(busName), State: 'ENABLED' },
      ...{ RetentionDays: retentionDays, CreationTime: createdAt / 1000 },
      EventCount: this.archives.events(archive).length,
    };
  }
}

function isUnderWay({ State }: Replay): boolean {
  return ['STARTING', 'RUNNING', 'CANCELLING'].includes(State);
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
