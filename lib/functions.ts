import { CANCELLATION } from '../lambda/cancellation/outcomes';
import { CHECKOUT } from '../lambda/checkout/outcomes';
import { ORDER } from '../lambda/order/outcomes';
import { type Channel, CHANNELS, DELIVERY_SECONDS } from '../lambda/purchase/channels';
import { functionsOf } from '../lambda/shared/outcomes';
import { ROUTE_FUNCTIONS } from './api/routes';

interface LambdaFunction {
  readonly entry: string;
  readonly timeoutSeconds: number;
}

/** The functions of the channels. */
const DELIVERIES = Object.fromEntries(
  Object.values(CHANNELS).map(({ function: name, entry }) => [
    name,
    { entry, timeoutSeconds: DELIVERY_SECONDS },
  ]),
) as Record<(typeof CHANNELS)[Channel]['function'], LambdaFunction>;

/** Every Lambda function: its name, its one file, and how long it may run (seconds). */
export const FUNCTIONS = {
  // Steps and compensations: the function has the name of its state, unless its row has another.
  ...CHECKOUT.steps,
  ...CHECKOUT.compensations,
  ...CANCELLATION.steps,
  ...functionsOf(ORDER),

  // Recovery.
  Reconcile: { entry: 'lambda/recovery/reconcile.ts', timeoutSeconds: 50 },
  Audit: { entry: 'lambda/recovery/audit.ts', timeoutSeconds: 900 },

  // Durable functions: one invocation may take as long; the execution as long as the event takes.
  CancelEvent: { entry: 'lambda/event-cancellation/cancel-event.ts', timeoutSeconds: 120 },
  AnnounceChange: { entry: 'lambda/event-change/announce-change.ts', timeoutSeconds: 120 },
  SendEventMessages: { entry: 'lambda/event-message/send-event-messages.ts', timeoutSeconds: 120 },

  // Consumers of domain events.
  ScheduleEventMessages: { entry: 'lambda/event-message/schedule-event-messages.ts', timeoutSeconds: 30 },
  UpdateApp: { entry: 'lambda/mobile-app/update-app.ts', timeoutSeconds: 30 },

  // The API's own routes.
  ...ROUTE_FUNCTIONS,

  // What is sent, and what becomes of e-mails afterwards.
  ...DELIVERIES,
  TellOrder: { entry: 'lambda/order/tell-order.ts', timeoutSeconds: 30 },
  RecordMailEvent: { entry: 'lambda/notification/record-mail-event.ts', timeoutSeconds: 20 },
} as const satisfies Record<string, LambdaFunction>;

export type FunctionName = keyof typeof FUNCTIONS;
