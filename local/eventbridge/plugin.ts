import { definePlugin } from '../core/plugin';
import { LAMBDA } from '../lambda/plugin';
import { SNS } from '../sns/plugin';
import { SQS } from '../sqs/plugin';
import { busRoutes } from './bus-routes';
import { Deliveries } from './deliveries';
import { EventBuses } from './event-buses';
import { createEventsService } from './events-service';
import { eventBridgeTypes } from './resource-types';

export const EVENTBRIDGE = definePlugin({
  name: 'eventbridge',
  needs: { functions: LAMBDA, sns: SNS, sqs: SQS },
  start({ clock, storage, tell, warn }, services) {
    const deliveries = new Deliveries({
      ...{ clock, warn, journalFile: storage.journalFile('event-bus') },
      target: ({ ruleArn, targetId }) => buses.rule(ruleArn)?.targets.find(({ id }) => id === targetId),
      deadLetter(queueArn, body, attributes) {
        const asText = Object.entries(attributes).map(
          ([name, StringValue]) => [name, { DataType: 'String', StringValue }] as const,
        );
        services.sqs.queue(queueArn).send(body, { attributes: Object.fromEntries(asText) });
      },
      onChange: () => tell('bus', () => ({})),
    });
    const buses: EventBuses = new EventBuses(clock, deliveries, warn);
    return {
      service: buses,
      resourceTypes: eventBridgeTypes(buses, services),
      endpoint: createEventsService(buses),
      routes: busRoutes(deliveries),
      ready: () => deliveries.resume(),
      async pause() {
        buses.pause();
        await deliveries.pause();
      },
      resume() {
        deliveries.resume();
        buses.resume();
      },
      reset: () => deliveries.reset(),
      close: () => deliveries.pause(),
    };
  },
});
