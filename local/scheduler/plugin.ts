import { LAMBDA } from '../lambda/plugin';
import { definePlugin } from '../core/plugin';
import { schedulerTypes } from './resource-types';
import { Scheduler } from './scheduler';

export const SCHEDULER = definePlugin({
  name: 'scheduler',
  needs: { functions: LAMBDA },
  start({ clock, warn }, { functions }) {
    const service = new Scheduler(clock, (error) => warn('A schedule failed', error));
    return {
      service,
      resourceTypes: schedulerTypes(service, functions),
      pause: () => service.pause(),
      resume: () => service.resume(),
      close: () => service.close(),
    };
  },
});
