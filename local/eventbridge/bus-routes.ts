import { json, limitOf, type Routes } from '../http/route';
import { type Deliveries, type Delivery } from './deliveries';

/** What was published, and who got it. */
export function busRoutes(deliveries: Deliveries): Routes {
  return {
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
