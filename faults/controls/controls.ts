import { ADMISSION_CONTROLS } from './admission-controls';
import { AUTHENTICATION_CONTROLS } from './authentication-controls';
import { CANCELLATION_CONTROLS } from './cancellation-controls';
import { type Control } from './control';
import { NOTIFICATION_CONTROLS } from './notification-controls';
import { ORDER_CONTROLS } from './order-controls';
import { PAYMENT_CONTROLS } from './payment-controls';
import { PURCHASE_CONTROLS } from './purchase-controls';
import { RECOVERY_CONTROLS } from './recovery-controls';

/** Every guard that a violation is known for. */
export const CONTROLS: readonly Control[] = [
  ...PURCHASE_CONTROLS,
  ...PAYMENT_CONTROLS,
  ...AUTHENTICATION_CONTROLS,
  ...NOTIFICATION_CONTROLS,
  ...RECOVERY_CONTROLS,
  ...CANCELLATION_CONTROLS,
  ...ADMISSION_CONTROLS,
  ...ORDER_CONTROLS,
];
