import { type LocalRun } from '../../bin/local-run';
import { complaintOf } from '../../harness/domain-event-schemas';
import { EVENTBRIDGE } from '../../local/eventbridge/plugin';

/** Tells of each event on the bus of the run that is not as its schema in docs/schemas says, and how. */
export function hearComplaints(run: LocalRun, hear: (complaint: string) => void): void {
  run.cloud.get(EVENTBRIDGE).onEvent((_, event) => {
    const complaint = complaintOf(event);
    if (complaint !== undefined) hear(complaint);
  });
}
