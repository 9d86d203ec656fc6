import { ADMISSION } from './admission';
import { AUTHENTICATIONS } from './authentication';
import { CANCELLATIONS } from './cancellation';
import { CHECKOUT } from './checkout';
import { CONFIRMATION } from './confirmation';
import { DOMAIN_EVENTS } from './domain-events';
import { type KindOfWork } from './kind-of-work';
import { ORDERS } from './orders';
import { RECOVERY } from './recovery';
import { STRIPE_EVENTS } from './stripe-event';

/** What the matrix, random schedules and invariants are made of. */
export const KINDS_OF_WORK: readonly KindOfWork[] = [
  CHECKOUT,
  ...AUTHENTICATIONS,
  CONFIRMATION,
  RECOVERY,
  ...CANCELLATIONS,
  ADMISSION,
  ...STRIPE_EVENTS,
  ...ORDERS,
  DOMAIN_EVENTS,
];
