import { type Clock } from '../shared/clock';
import { type EventCancellations } from './event-cancellations';
import { LAYOUT_SECONDS } from './recent-layouts';

/** The most events a sandbox remembers: few are on sale at a time. */
const KEPT = 100;

/**
 * Whether events are cancelled. In a sale every buyer would ask the same, so a sandbox remembers for a moment that one is not; that it
 * is, which refuses a buyer, needs a fresh read.
 */
export class RecentCancellations {
  /** When an event was seen not to be cancelled, by its id. */
  private readonly stoodAt = new Map<string, number>();

  constructor(
    private readonly cancellations: EventCancellations,
    private readonly clock: Clock,
  ) {}

  /** Whether the event is cancelled: as it was at most `LAYOUT_SECONDS` ago. */
  async isCancelled(eventId: string): Promise<boolean> {
    const now = this.clock.nowSeconds();
    const age = now - (this.stoodAt.get(eventId) ?? -Infinity);
    // A negative age: the clock was set back.
    if (age >= 0 && age < LAYOUT_SECONDS) return false;
    const isCancelled = (await this.cancellations.find(eventId)) !== undefined;
    if (this.stoodAt.size >= KEPT) this.stoodAt.clear();
    if (!isCancelled) this.stoodAt.set(eventId, now);
    return isCancelled;
  }
}
