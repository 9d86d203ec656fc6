import { type Clock } from '../shared/clock';
import { type StoredLayout } from './event-layout';
import { type EventRepository } from './event-repository';

/**
 * Seconds for which a sandbox prices seats by a layout it has read. PutEvent waits as long before it answers: its answer
 * means that the new prices are in force everywhere.
 */
export const LAYOUT_SECONDS = 3;

/** The most layouts a sandbox keeps: few events are on sale at a time, and a layout takes up to 400 KB. */
const KEPT = 20;

/**
 * The layouts a sandbox has just read. In a sale every purchase would read the same item again: one more round trip for
 * each buyer, and the layout's size in read units.
 */
export class RecentLayouts {
  private readonly layouts = new Map<string, { readonly layout: StoredLayout; readonly readAt: number }>();

  constructor(
    private readonly events: EventRepository,
    private readonly clock: Clock,
  ) {}

  /** The event's layout, if it was read less than `LAYOUT_SECONDS` ago. */
  recent(eventId: string): StoredLayout | undefined {
    const entry = this.layouts.get(eventId);
    if (!entry) return undefined;
    const age = this.clock.nowSeconds() - entry.readAt;
    // The clock was set back, so the age is unknown.
    return age >= 0 && age < LAYOUT_SECONDS ? entry.layout : undefined;
  }

  /** The event's layout as it is now; undefined when there is no such event. */
  async read(eventId: string): Promise<StoredLayout | undefined> {
    const readAt = this.clock.nowSeconds();
    const layout = await this.events.findLayout(eventId);
    this.layouts.delete(eventId);
    if (!layout) return undefined;
    const [oldest] = this.layouts.keys();
    if (oldest !== undefined && this.layouts.size >= KEPT) this.layouts.delete(oldest);
    this.layouts.set(eventId, { layout, readAt });
    return layout;
  }
}
