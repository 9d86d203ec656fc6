import { join } from 'node:path';
import { definePlugin } from '../core/plugin';
import { FIREHOSE } from '../firehose/plugin';
import { LAMBDA } from '../lambda/plugin';
import { PARTNERS } from '../partners/plugin';
import { SECRETS_MANAGER } from '../secrets-manager/plugin';
import { SNS } from '../sns/plugin';
import { SQS } from '../sqs/plugin';
import { type ApiDestination } from './api-destination';
import { Archives } from './archives';
import { busRoutes } from './bus-routes';
import { connectionTypes } from './connections';
import { Deliveries } from './deliveries';
import { EventBuses } from './event-buses';
import { createEventsService } from './events-service';
import { Replays } from './replays';
import { eventBridgeTypes } from './resource-types';

export const EVENTBRIDGE = definePlugin({
  name: 'eventbridge',
  needs: {
    ...{ firehose: FIREHOSE, functions: LAMBDA, partners: PARTNERS, secrets: SECRETS_MANAGER },
    ...{ sns: SNS, sqs: SQS },
  },
  start({ clock, storage, tell, warn }, { firehose, functions, partners, secrets, sns, sqs }) {
    const destinations = new Map<string, ApiDestination>();
    const deliveries = new Deliveries({
      ...{ clock, warn, journalFile: storage.journalFile('event-bus') },
      target: ({ ruleArn, targetId }) => buses.rule(ruleArn)?.targets.find(({ id }) => id === targetId),
      deadLetter(queueArn, body, attributes) {
        const asText = Object.entries(attributes).map(
          ([name, StringValue]) => [name, { DataType: 'String', StringValue }] as const,
        );
        sqs.queue(queueArn).send(body, { attributes: Object.fromEntries(asText) });
      },
      onChange: () => tell('bus', () => ({})),
    });
    const buses: EventBuses = new EventBuses(clock, deliveries, warn);
    const archives = new Archives(join(storage.directory, 'event-archive.jsonl'), clock);
    buses.onEvent((bus, event) => archives.keep(bus, event));
    const replays = new Replays(archives, buses, clock, storage.journalFile('event-replays'));
    return {
      service: buses,
      resourceTypes: {
        ...eventBridgeTypes(buses, archives, { destinations, firehose, functions, sns, sqs }, clock),
        ...connectionTypes({ clock, destinations, partners, secrets }),
      },
      endpoint: createEventsService(buses, replays.operations()),
      routes: busRoutes(deliveries, buses),
      ready: () => deliveries.resume(),
      async pause() {
        buses.pause();
        await Promise.all([deliveries.pause(), replays.pause()]);
      },
      resume() {
        deliveries.resume();
        buses.resume();
      },
      reset() {
        deliveries.reset();
        archives.reset();
        replays.reset();
      },
      async close() {
        await Promise.all([deliveries.pause(), replays.pause()]);
      },
    };
  },
});
