import { randomUUID } from 'node:crypto';
import { BadRequest, bodyOf, json, limitOf, refusal, type Routes } from '../http/route';
import { type Deliveries, type Delivery } from './deliveries';
import { type EventBuses } from './event-buses';

/** What was published, and who got it; and one event once more. */
export function busRoutes(deliveries: Deliveries, buses: EventBuses): Routes {
  return {
    'POST /local/bus/*/replay': ([id = ''], request) => {
      const published = deliveries.list().find(({ event }) => event.id === id);
      if (!published) return refusal(404, `There is no event ${id}.`);
      const { rule: name } = bodyOf<{ rule: string }>(request);
      const rules = buses.rules(published.bus);
      const wanted = name === undefined ? rules : rules.filter((rule) => rule.name === name);
      if (name !== undefined && wanted.length === 0) throw new BadRequest(`The bus has no rule ${name}.`);
      const replayName = `by-hand-${randomUUID()}`;
      buses.replay(
        published.bus,
        { ...published.event, 'replay-name': replayName },
        wanted.map(({ arn }) => arn),
      );
      return json(200, { id, 'replay-name': replayName });
    },
    'GET /local/bus': (_, request) =>
      json(200, {
        events: deliveries
          .list()
          .slice(0, limitOf(request))
          .map(({ bus, event, deliveries: each }) => ({ ...event, bus, deliveries: each.map(reported) })),
      }),
  };
}

function reported({ ruleArn, targetId, targetArn, status, attempts, at, error }: Delivery): object {
  const time = at === undefined ? undefined : new Date(at).toISOString();
  return {
    ...{ rule: ruleArn.split('/').at(-1), target: targetId, targetArn, status, attempts, error },
    ...(status === 'pending' ? { retriesAt: time } : { settledAt: time }),
  };
}
