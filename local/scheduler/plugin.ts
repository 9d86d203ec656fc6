import { definePlugin } from '../core/plugin';
import { unlessAborted } from '../core/unless-aborted';
import { LAMBDA } from '../lambda/plugin';
import { SQS } from '../sqs/plugin';
import { OneTimeSchedules } from './one-time-schedules';
import { schedulerTypes } from './resource-types';
import { scheduleRoutes } from './schedule-routes';
import { type ScheduleTarget } from './schedule-input';
import { Scheduler } from './scheduler';
import { createSchedulerService } from './scheduler-service';

export const SCHEDULER = definePlugin({
  name: 'scheduler',
  needs: { functions: LAMBDA, sqs: SQS },
  start({ clock, storage, tell, warn }, { functions, sqs }) {
    const service = new Scheduler(clock, (error) => warn('A schedule failed', error));
    const invoke = async ({ Arn = '' }: ScheduleTarget, input: string): Promise<void> => {
      if (Arn.startsWith('arn:aws:sqs:')) return void sqs.queue(Arn).send(input);
      // Lambda has it then, whether or not the function failed.
      await functions.invokeAsync(Arn, JSON.parse(input));
    };
    const schedules = new OneTimeSchedules({
      ...{ clock, warn, journalFile: storage.journalFile('schedules') },
      invoke: (target, input, signal) => unlessAborted(invoke(target, input), signal),
      deadLetter(queueArn, body, attributes) {
        const asText = Object.entries(attributes).map(
          ([name, StringValue]) => [name, { DataType: 'String', StringValue }] as const,
        );
        sqs.queue(queueArn).send(body, { attributes: Object.fromEntries(asText) });
      },
      onChange: () => tell('schedules', () => ({})),
    });
    return {
      service,
      resourceTypes: schedulerTypes(service, schedules, functions),
      endpoint: createSchedulerService(schedules),
      routes: scheduleRoutes(schedules, service),
      ready: () => schedules.resume(),
      async pause() {
        await Promise.all([service.pause(), schedules.pause()]);
      },
      resume() {
        service.resume();
        schedules.resume();
      },
      reset: () => schedules.reset(),
      async close() {
        await Promise.all([service.close(), schedules.pause()]);
      },
    };
  },
});
