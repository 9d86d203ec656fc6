import { AwsError } from '../aws/aws-error';
import { UnsupportedLocally } from '../aws/aws-service';
import { type EmailEvent } from './email-event';

/** As `MatchingEventTypes` of CloudFormation spells them → `eventType` of what is published. */
const EVENT_TYPES: Readonly<Record<string, EmailEvent['eventType']>> = {
  send: 'Send',
  reject: 'Reject',
  bounce: 'Bounce',
  complaint: 'Complaint',
  delivery: 'Delivery',
  deliveryDelay: 'DeliveryDelay',
};

/** An SNS topic that hears of some events. */
export interface EventDestination {
  readonly topicArn: string;
  readonly matchingEventTypes: readonly string[];
}

/** The configuration sets that the templates have made, each with where its events go. */
export class ConfigurationSets {
  private readonly sets = new Map<string, EventDestination[]>();

  /** Makes one; as `--data` finds it at the next start, it is new then. */
  create(name: string): void {
    if (!/^[A-Za-z0-9_-]{1,64}$/.test(name)) {
      throw new AwsError('BadRequestException', `Invalid configuration set name: ${name}`);
    }
    this.sets.set(name, []);
  }

  /** @throws UnsupportedLocally for events that never happen here: nobody opens an e-mail, and templates are refused */
  addDestination(name: string, destination: EventDestination): void {
    const unknown = destination.matchingEventTypes.find((type) => !(type in EVENT_TYPES));
    if (unknown) throw new UnsupportedLocally(`The event type ${unknown} of SES`);
    this.destinationsOf(name).push(destination);
  }

  /** Topics that hear of this event. @throws AwsError when there is no such set */
  topicsFor(name: string, eventType: EmailEvent['eventType']): string[] {
    return this.destinationsOf(name)
      .filter(({ matchingEventTypes }) => matchingEventTypes.some((type) => EVENT_TYPES[type] === eventType))
      .map(({ topicArn }) => topicArn);
  }

  /** @throws AwsError when there is no such set */
  check(name: string): void {
    this.destinationsOf(name);
  }

  private destinationsOf(name: string): EventDestination[] {
    const destinations = this.sets.get(name);
    if (destinations) return destinations;
    throw new AwsError('NotFoundException', `Configuration set <${name}> does not exist.`, {
      statusCode: 404,
    });
  }
}
