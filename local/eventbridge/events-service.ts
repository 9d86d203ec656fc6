import { type AwsService } from '../aws/aws-service';
import { jsonProtocol, type JsonOperation, taking } from '../aws/json-protocol';
import { type EventBuses } from './event-buses';

/** EventBridge by AWS JSON 1.1. Buses and rules come from the template: what creates or changes one is refused by name. */
export function createEventsService(
  buses: EventBuses,
  more: Readonly<Record<string, JsonOperation<object>>> = {},
): AwsService {
  const names = { signingName: 'events', targetPrefix: 'AWSEvents' };
  return {
    ...names,
    handle: jsonProtocol(names, '1.1', {
      PutEvents: taking(['Entries'], ({ Entries }: { Entries?: unknown }) => buses.putEvents(Entries)),
      ...reading(buses),
      ...more,
    }),
  };
}

function reading(buses: EventBuses): Readonly<Record<string, JsonOperation<object>>> {
  return {
    ListRules: taking(['EventBusName'], ({ EventBusName }: { EventBusName?: string }) => ({
      Rules: buses.rules(EventBusName ?? 'default').map(({ arn: Arn, busName, enabled, name: Name }) => ({
        ...{ Arn, EventBusName: busName, Name, State: enabled ? 'ENABLED' : 'DISABLED' },
      })),
    })),
  };
}
