import { type Duration } from 'aws-cdk-lib';
import { type Archive, EventBus } from 'aws-cdk-lib/aws-events';
import { Construct } from 'constructs';
import { EVENT_SOURCE } from '../../lambda/domain-event/domain-events';

export interface DomainEventBusProps {
  /** `eventBusName` of its stage. */
  readonly name: string;
  /** How long events can be replayed. */
  readonly kept: Duration;
}

/** Where domain events are told, and an archive of all of them. */
export class DomainEventBus extends Construct {
  readonly bus: EventBus;
  readonly archive: Archive;

  constructor(scope: Construct, id: string, { name, kept }: DomainEventBusProps) {
    super(scope, id);
    this.bus = new EventBus(this, 'Resource', { eventBusName: name });
    this.archive = this.bus.archive('Archive', {
      description: 'Every domain event, for npm run replay',
      eventPattern: { source: [EVENT_SOURCE] },
      retention: kept,
    });
  }
}
