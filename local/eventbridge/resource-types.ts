import { AwsError } from '../aws/aws-error';
import { LOCAL_ACCOUNT, LOCAL_REGION, UnsupportedLocally } from '../aws/aws-service';
import { physicalName } from '../cloudformation/physical-name';
import { checkMembers, type ResourceType } from '../cloudformation/resource-type';
import { withoutEffect } from '../cloudformation/without-effect';
import { type LocalClock } from '../core/clock';
import { archiveArn, type Archives } from './archives';
import { type EventBuses } from './event-buses';
import { compileEventPattern } from './event-pattern';
import { type RuleTarget } from './rule';
import { targetInput, type TargetInputProperties } from './target-input';
import { sender, type TargetServices } from './targets';

interface TargetProperties extends TargetInputProperties {
  readonly Id: string;
  readonly Arn: string;
  readonly RetryPolicy?: {
    readonly MaximumRetryAttempts?: number;
    readonly MaximumEventAgeInSeconds?: number;
  };
  readonly DeadLetterConfig?: { readonly Arn?: string };
}

const TARGET_PROPERTIES = [
  ...['Arn', 'DeadLetterConfig', 'Id', 'Input', 'InputPath', 'InputTransformer', 'RetryPolicy', 'RoleArn'],
];

/** "Amazon EventBridge quotas" and `PutRule`, read November 2026. */
const LONGEST_PATTERN = 2_048;
const MOST_TARGETS = 5;

export function eventBridgeTypes(
  buses: EventBuses,
  archives: Archives,
  services: TargetServices,
  clock: LocalClock,
): Record<string, ResourceType> {
  return {
    'AWS::Events::EventBus': {
      properties: ['Name'],
      withoutLocalEffect: ['Description', 'KmsKeyIdentifier', 'LogConfig', 'Policy', 'Tags'],
      create({ properties }) {
        const name = properties.Name as string;
        if (!/^[/.\-_A-Za-z0-9]{1,256}$/.test(name) || name === 'default')
          throw new AwsError('ValidationException', `Invalid event bus name: ${name}`);
        const arn = buses.create(name);
        return { ref: name, attributes: { Arn: arn, Name: name } };
      },
    },
    'AWS::Events::Archive': {
      properties: ['ArchiveName', 'EventPattern', 'RetentionDays', 'SourceArn'],
      withoutLocalEffect: ['Description', 'KmsKeyIdentifier'],
      create(request) {
        const { ArchiveName, EventPattern, RetentionDays = 0, SourceArn } = request.properties;
        const name = (ArchiveName as string | undefined) ?? physicalName(request, 48);
        const bus = buses.bus(SourceArn as string);
        const arn = archiveArn(name);
        archives.add({
          ...{ arn, name, busArn: bus.arn, busName: bus.name, createdAt: clock.now() },
          retentionDays: Number(RetentionDays),
          matches: EventPattern === undefined ? () => true : compileEventPattern(EventPattern),
        });
        return { ref: name, attributes: { Arn: arn, ArchiveName: name } };
      },
    },
    'AWS::Events::EventBusPolicy': withoutEffect(['EventBusName', 'Statement', 'StatementId']),

    'AWS::Events::Rule': {
      properties: ['EventBusName', 'EventPattern', 'Name', 'State', 'Targets'],
      withoutLocalEffect: ['Description', 'RoleArn', 'Tags'],
      create(request) {
        const { EventPattern, State = 'ENABLED', Targets = [] } = request.properties;
        const busName = buses.bus(request.properties.EventBusName as string | undefined).name;
        const name = (request.properties.Name as string | undefined) ?? physicalName(request, 64);
        const arn = `arn:aws:events:${LOCAL_REGION}:${LOCAL_ACCOUNT}:rule/${busName === 'default' ? '' : `${busName}/`}${name}`;
        const pattern: unknown = typeof EventPattern === 'string' ? JSON.parse(EventPattern) : EventPattern;
        if (JSON.stringify(pattern ?? {}).length > LONGEST_PATTERN)
          throw new AwsError(
            'LimitExceededException',
            `The pattern of ${name} has more than ${LONGEST_PATTERN} characters`,
          );
        if (!['ENABLED', 'DISABLED'].includes(State as string))
          throw new UnsupportedLocally(`The State ${State} of AWS::Events::Rule`);
        const targets = (Targets as TargetProperties[]).map((target) =>
          ruleTarget(target, { arn, name }, services),
        );
        if (targets.length > MOST_TARGETS)
          throw new AwsError(
            'LimitExceededException',
            `The rule ${name} has more than ${MOST_TARGETS} targets`,
          );
        buses.addRule({
          ...{ arn, busName, name, targets },
          enabled: State === 'ENABLED',
          matches: compileEventPattern(pattern),
        });
        // `Ref` of a rule on a bus of one's own has the bus in front ("AWS::Events::Rule", return values).
        return { ref: busName === 'default' ? name : `${busName}|${name}`, attributes: { Arn: arn } };
      },
    },
  };
}

function ruleTarget(
  properties: TargetProperties,
  rule: { readonly arn: string; readonly name: string },
  services: TargetServices,
): RuleTarget {
  const { Arn, DeadLetterConfig, Id, RetryPolicy = {} } = properties;
  checkMembers('AWS::Events::Rule Targets', properties, TARGET_PROPERTIES);
  checkMembers('AWS::Events::Rule Targets.RetryPolicy', RetryPolicy, [
    ...['MaximumEventAgeInSeconds', 'MaximumRetryAttempts'],
  ]);
  const { MaximumRetryAttempts: attempts = 185, MaximumEventAgeInSeconds: age = 86_400 } = RetryPolicy;
  checkRange('MaximumRetryAttempts', attempts, 0, 185);
  checkRange('MaximumEventAgeInSeconds', age, 60, 86_400);
  if (DeadLetterConfig?.Arn !== undefined) services.sqs.queue(DeadLetterConfig.Arn);
  return {
    ...{ id: Id, arn: Arn, maximumRetryAttempts: attempts, maximumEventAge: age },
    deadLetterQueue: DeadLetterConfig?.Arn,
    input: targetInput(Id, properties, rule),
    send: sender(Arn, services),
  };
}

function checkRange(name: string, value: number, least: number, most: number): void {
  if (!Number.isInteger(value) || value < least || value > most)
    throw new AwsError(
      'ValidationException',
      `${name} must be a whole number from ${least} to ${most}, not ${value}`,
    );
}
