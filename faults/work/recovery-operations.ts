import { type Operation, operation } from './operation';

export const recoveryOperations = (): readonly Operation[] => [
  // Two reconcilers at once, beside the one of the schedule.
  operation('reconcile', 2, {}, (world) =>
    world.start(Promise.all([world.invoke('Reconcile'), world.invoke('Reconcile')])),
  ),
];
