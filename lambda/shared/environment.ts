import { OwnError } from './own-error';

/**
 * The environment variables the functions read. `lib/` sets them under these names beside the grant that makes them
 * usable, so a name cannot drift between the two sides.
 */
export const ENVIRONMENT = {
  seatTable: 'SEAT_TABLE_NAME',
  purchaseTable: 'PURCHASE_TABLE_NAME',
  orderTable: 'ORDER_TABLE_NAME',
  ticketBucket: 'TICKET_BUCKET_NAME',
  /** Name or ARN of the secret that the key of the tickets is derived from. */
  ticketSecret: 'TICKET_SECRET_ID',
  /** For how many seconds after its event a sale is kept. */
  salesKept: 'SALES_KEPT_SECONDS',
  /** Name or ARN of the secret that e-mail addresses are hashed with. */
  addressSecret: 'ADDRESS_SECRET_ID',
  confirmationTopic: 'CONFIRMATION_TOPIC_ARN',
  /** Name or ARN of the secret that holds Stripe's secret key. */
  stripeSecret: 'STRIPE_SECRET_ID',
  /** Name or ARN of the secret that holds what Stripe signs its events with. */
  stripeSigningSecret: 'STRIPE_SIGNING_SECRET_ID',
  /** Base URL of the Stripe API; Stripe's own when unset. */
  stripeApiBase: 'STRIPE_API_BASE',
  /** Base URL of the public API, without a trailing slash: what a ticket link in a message begins with. */
  apiUrl: 'API_URL',
  /** Where buyers find the storefront, without a trailing slash; unset where there is none, or its address is not known. */
  storefrontUrl: 'STOREFRONT_URL',
  /** Address that confirmation e-mails come from: a verified SES identity. */
  emailSender: 'EMAIL_SENDER',
  /** SES's settings for these e-mails: where their events go. */
  configurationSet: 'SES_CONFIGURATION_SET',
  /** Origins whose pages may read the API's answers, parted by commas; unset where there is none. */
  allowedOrigins: 'ALLOWED_ORIGINS',
  recoveryStateMachine: 'RECOVERY_STATE_MACHINE_ARN',
  orderStateMachine: 'ORDER_STATE_MACHINE_ARN',
  cancellationStateMachine: 'CANCELLATION_STATE_MACHINE_ARN',
  noticeTopic: 'NOTICE_TOPIC_ARN',
  /** The topic of the devices that have the app. */
  appTopic: 'APP_TOPIC_ARN',
  /** ARN of the alias of the durable function that cancels events. */
  cancelEventFunction: 'CANCEL_EVENT_FUNCTION_ARN',
  /** How many purchases of a cancelled event are cancelled in a second. */
  eventCancellationRate: 'EVENT_CANCELLATION_RATE',
  /** ARN of the alias of the durable function that tells buyers that their event has changed. */
  announceChangeFunction: 'ANNOUNCE_CHANGE_FUNCTION_ARN',
  /** How many buyers of an event that has changed, or that they are reminded of, are told in a second. */
  announcementRate: 'ANNOUNCEMENT_RATE',
  /** The group of the schedules of what the buyers of events are sent. */
  eventMessageGroup: 'EVENT_MESSAGE_GROUP',
  /** ARN of the role as which these schedules start their function. */
  eventMessageRole: 'EVENT_MESSAGE_ROLE_ARN',
  /** ARN of the queue for what they could not start. */
  eventMessageDeadLetters: 'EVENT_MESSAGE_DEAD_LETTERS_ARN',
  /** ARN of the alias of the durable function that they start. */
  sendEventMessagesFunction: 'SEND_EVENT_MESSAGES_FUNCTION_ARN',
  escalationQueue: 'ESCALATION_QUEUE_URL',
  /** How many purchases without a record an audit may undo, and how many in a hundred of those it looks at. */
  auditBoundPurchases: 'AUDIT_BOUND_PURCHASES',
  auditBoundPercent: 'AUDIT_BOUND_PERCENT',
  /** How many seats of one event an address may hold unpaid. */
  unpaidSeats: 'UNPAID_SEATS',
  unpaidExtras: 'UNPAID_EXTRAS',
  originSecret: 'ORIGIN_SECRET',
  /** The stage: `service` in log lines, the dimension of every metric, `stage` of every payment. Powertools reads it. */
  serviceName: 'POWERTOOLS_SERVICE_NAME',
} as const;

/** The function was deployed without something it needs. */
export class NotConfigured extends OwnError {
  override readonly name = 'NotConfigured';
}

/** A secret cannot be read, or does not hold what it should. The message names the secret and repeats nothing of it. */
export class SecretUnusable extends OwnError {
  override readonly name = 'SecretUnusable';

  /** @param lasting until a person changes something: to ask again does not help */
  constructor(
    message: string,
    readonly lasting = true,
  ) {
    super(message);
  }
}

/** @throws NotConfigured naming the variable when it is not set, or is no number from 0. */
export function requireNumber(name: string): number {
  const value = Number(requireEnvironment(name));
  if (!(value >= 0)) throw new NotConfigured(`The environment variable ${name} is not a number from 0`);
  return value;
}

/** @throws NotConfigured naming the variable when it is not set. */
export function requireEnvironment(name: string): string {
  const value = process.env[name];
  if (!value) throw new NotConfigured(`The environment variable ${name} is not set`);
  return value;
}
