import { AwsError } from '../aws/aws-error';
import { LOCAL_ACCOUNT, LOCAL_REGION } from '../aws/aws-service';
import { type LocalClock } from '../core/clock';
import { type BusEvent, type EventEntry, EntryRefused, checkEntries, eventOf } from './bus-event';
import { type Deliveries } from './deliveries';
import { type Rule } from './rule';

export interface PutEventsResult {
  readonly FailedEntryCount: number;
  readonly Entries: readonly {
    readonly EventId?: string;
    readonly ErrorCode?: string;
    readonly ErrorMessage?: string;
  }[];
}

interface Bus {
  readonly name: string;
  readonly arn: string;
  readonly rules: Map<string, Rule>;
}

export function busArn(name: string): string {
  return `arn:aws:events:${LOCAL_REGION}:${LOCAL_ACCOUNT}:event-bus/${name}`;
}

/** Event buses and their rules. An account has the bus `default` from the beginning. */
export class EventBuses {
  private readonly buses = new Map<string, Bus>();
  private readonly listeners: ((bus: string, event: BusEvent) => void)[] = [];
  private paused = false;

  constructor(
    private readonly clock: LocalClock,
    private readonly deliveries: Deliveries,
    private readonly warn: (what: string) => void = () => undefined,
  ) {
    this.create('default');
  }

  /** Answers the ARN. */
  create(name: string): string {
    const arn = busArn(name);
    this.buses.set(name, { name, arn, rules: new Map() });
    return arn;
  }

  /** @param nameOrArn @default 'default' @throws AwsError ResourceNotFoundException */
  bus(nameOrArn = 'default'): Bus {
    const bus = this.find(nameOrArn);
    if (bus) return bus;
    throw new AwsError('ResourceNotFoundException', `Event bus ${nameOrArn} does not exist.`);
  }

  addRule(rule: Rule): void {
    this.bus(rule.busName).rules.set(rule.name, rule);
  }

  rules(busName: string): readonly Rule[] {
    return [...this.bus(busName).rules.values()];
  }

  rule(arn: string): Rule | undefined {
    return [...this.buses.values()]
      .flatMap(({ rules }) => [...rules.values()])
      .find((rule) => rule.arn === arn);
  }

  /** Hears each event that was put, for archives. It is not told of those that are replayed. */
  onEvent(listener: (bus: string, event: BusEvent) => void): void {
    this.listeners.push(listener);
  }

  /**
   * `PutEvents`. An event is journaled, with all that is to come of it, when this returns. One for a bus that is not there is taken
   * and lost: none of the errors of "PutEventsResultEntry" (API reference, read November 2026) is for it, so nothing may rely on one.
   *
   * @throws AwsError ValidationException
   */
  putEvents(entries: unknown): PutEventsResult {
    this.refusePaused();
    checkEntries(entries);
    const answers = entries.map((entry) => this.put(entry));
    return {
      FailedEntryCount: answers.filter((answer) => 'ErrorCode' in answer).length,
      Entries: answers,
    };
  }

  /** An event that an archive has kept goes to these rules alone. */
  replay(busName: string, event: BusEvent, ruleArns?: readonly string[]): void {
    this.refusePaused();
    this.dispatch(this.bus(busName), event, ({ arn }) => !ruleArns || ruleArns.includes(arn));
  }

  /** What is put from now on is refused. */
  pause(): void {
    this.paused = true;
  }

  resume(): void {
    this.paused = false;
  }

  private refusePaused(): void {
    if (this.paused)
      throw new AwsError('InternalException', 'The local run forgets its data just now.', {
        statusCode: 500,
      });
  }

  private put(entry: EventEntry): PutEventsResult['Entries'][number] {
    try {
      const event = eventOf(entry, this.clock.now());
      const bus = this.find(entry.EventBusName ?? 'default');
      if (bus) {
        for (const listener of this.listeners) listener(bus.name, event);
        this.dispatch(bus, event);
      } else this.warn(`An event was put on the bus ${entry.EventBusName}, which is not there, and is lost`);
      return { EventId: event.id };
    } catch (error) {
      if (error instanceof EntryRefused) return { ErrorCode: error.code, ErrorMessage: error.message };
      throw error;
    }
  }

  private dispatch(
    { name, rules }: Bus,
    event: BusEvent,
    condition: (rule: Rule) => boolean = () => true,
  ): void {
    const matching = [...rules.values()].filter(
      (rule) => rule.enabled && condition(rule) && rule.matches(event),
    );
    this.deliveries.publish(name, event, matching);
  }

  private find(nameOrArn: string): Bus | undefined {
    return this.buses.get(nameOrArn.startsWith('arn:') ? nameOrArn.split('event-bus/')[1]! : nameOrArn);
  }
}
