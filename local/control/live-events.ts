import { type Cloud } from '../cloud';
import { type ExecutionRecord } from '../step-functions/execution-history';
import { timeOf } from './clock-routes';
import { type EventStream } from './event-stream';
import { armedFaults } from './fault-routes';

/** What `GET /local/events` tells, from now on, as it happens. See local/README.md for the events. */
export function publishLiveEvents(
  stream: EventStream,
  { services }: Cloud,
  onPayment: (listener: () => void) => void,
): void {
  const { clock, history, inbox, interruptions, stateMachines } = services;

  history.onBegin((execution) => stream.publish('execution-started', () => withoutEvents(execution)));
  history.onEvent((event, execution) => {
    const { executionArn, id, status } = execution;
    stream.publish('execution-event', () => ({ executionArn, id, event }));
    // The record has its end before the event that tells of it is heard.
    if (status !== 'RUNNING') stream.publish('execution-ended', () => withoutEvents(execution));
  });
  inbox.onMessage((message) => stream.publish('inbox', () => message));
  onPayment(() => stream.publish('payments', () => ({})));
  clock.onAdvance(() => stream.publish('clock', () => timeOf(clock)));

  const faultsChanged = () =>
    stream.publish('faults', () => ({
      faults: armedFaults(stateMachines),
      kills: interruptions.listKills(),
      secondsBeforeState: interruptions.secondsBeforeState,
    }));
  interruptions.onChange(faultsChanged);
  for (const { faults } of stateMachines) faults.onChange(faultsChanged);
}

function withoutEvents({ events: _, ...execution }: ExecutionRecord): object {
  return execution;
}
