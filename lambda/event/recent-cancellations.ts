import { type Clock } from '../shared/clock';
import { type EventCancellations } from './event-cancellations';
import { LAYOUT_SECONDS } from './recent-layouts';

/** The most events a sandbox remembers: few are on sale at a time. */
const KEPT = 100;

/** Whether events are cancelled, as a sandbox has just read it: in a sale every buyer would ask the same. */
export class RecentCancellations {
  private readonly read = new Map<string, { readonly isCancelled: boolean; readonly readAt: number }>();

  constructor(
    private readonly cancellations: EventCancellations,
    private readonly clock: Clock,
  ) {}

  /** Whether the event is cancelled: as it was at most `LAYOUT_SECONDS` ago. */
  async isCancelled(eventId: string): Promise<boolean> {
    const readAt = this.clock.nowSeconds();
    const recent = this.read.get(eventId);
    const age = recent && readAt - recent.readAt;
    // Cancelled is for good. A negative age: the clock was set back.
    if (recent && (recent.isCancelled || (age! >= 0 && age! < LAYOUT_SECONDS))) return recent.isCancelled;
    const isCancelled = (await this.cancellations.find(eventId)) !== undefined;
    if (this.read.size >= KEPT) this.read.clear();
    this.read.set(eventId, { isCancelled, readAt });
    return isCancelled;
  }
}
