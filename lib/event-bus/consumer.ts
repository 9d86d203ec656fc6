import { CfnOutput, Duration, Fn, Stack } from 'aws-cdk-lib';
import { type EventBus, type IRuleTarget, Rule } from 'aws-cdk-lib/aws-events';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { type DomainEvent, EVENT_SOURCE, TEST_EVENT_PREFIX } from '../../lambda/domain-event/domain-events';
import { type Queue } from 'aws-cdk-lib/aws-sqs';
import { DeadLetters } from './dead-letters';

export interface ConsumerProps {
  readonly bus: EventBus;
  /** Which events it gets. */
  readonly events: readonly DomainEvent[];
  /** How long to try, and where what fails goes, is said here. */
  readonly target: IRuleTarget;
  /** What is missing while it does not get them: the first sentence of its alarms. */
  readonly loss: string;
  /** @default one of its own */
  readonly deadLetterQueue?: Queue;
}

/** The most there is: a target that is down for a day gets what it has missed ("Retrying event delivery", read November 2026). */
const RETRY = { maximumEventAgeInSeconds: Duration.hours(24).toSeconds(), maximumRetryAttempts: 185 };

/**
 * Whoever acts on domain events: one rule, its target, and a queue for what the target does not take. Its alarms, its row of the
 * dashboard and its name for `npm run replay` follow from it. docs/recipes.md tells how to add one.
 *
 * Events come at least once and in any order: a consumer deduplicates by `detail.id`, and drops what has a lower `detail.sequence`
 * than it has of the same `detail.reference`.
 */
export class Consumer extends Construct {
  readonly rule: Rule;
  readonly deadLetterQueue: Queue;
  readonly loss: string;
  readonly bus: EventBus;

  constructor(scope: Construct, id: string, props: ConsumerProps) {
    super(scope, id);
    const { bus, events, target, loss } = props;
    this.bus = bus;
    this.loss = loss;
    this.deadLetterQueue = props.deadLetterQueue ?? new DeadLetters(this, 'DeadLetterQueue');
    const deadLetterConfig = { arn: this.deadLetterQueue.queueArn };
    this.rule = new Rule(this, 'Rule', {
      eventBus: bus,
      eventPattern: {
        source: [EVENT_SOURCE],
        detailType: [...events],
        detail: { eventId: [{ 'anything-but': { prefix: TEST_EVENT_PREFIX } }] },
      },
      targets: [
        { bind: (rule, name) => ({ ...target.bind(rule, name), deadLetterConfig, retryPolicy: RETRY }) },
      ],
    });
    this.deadLetterQueue.addToResourcePolicy(
      new PolicyStatement({
        principals: [new ServicePrincipal('events.amazonaws.com')],
        actions: ['sqs:SendMessage'],
        resources: [this.deadLetterQueue.queueArn],
        conditions: { ArnEquals: { 'aws:SourceArn': this.rule.ruleArn } },
      }),
    );
    // Whom `npm run replay -- --consumer` names.
    new CfnOutput(Stack.of(this), `${id}Consumer`, { value: this.rule.ruleArn });
  }

  /** The rule's name alone, as metrics have it: `Ref` of a rule has its bus in front ("AWS::Events::Rule", return values). */
  get ruleName(): string {
    return Fn.select(1, Fn.split('|', this.rule.ruleName));
  }
}
