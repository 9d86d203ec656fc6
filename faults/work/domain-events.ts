import { isAnonymousOnTheBus, isAsItsSchemaSays, isToldToTheBus } from '../invariants/event-invariants';
import { buy, type KindOfWork } from './kind-of-work';

/** What the bus is told of every purchase, whatever becomes of it. It has no steps: no function publishes an event. */
export const DOMAIN_EVENTS: KindOfWork = {
  name: 'domain events',
  begin: buy,
  ...{ scenarios: {}, steps: [], faults: [], deaths: [] },
  invariants: [isToldToTheBus, isAnonymousOnTheBus, isAsItsSchemaSays],
};
