import { type RunningExecution } from './running-executions';
import { DurableExecutions, executionName } from '../shared/durable-executions';
import { ENVIRONMENT, requireEnvironment } from '../shared/environment';

/** Starts executions of AnnounceChange. */
export class AnnounceChangeExecutions {
  constructor(
    private readonly executions = new DurableExecutions(
      requireEnvironment(ENVIRONMENT.announceChangeFunction),
    ),
  ) {}

  async start({ eventId, revision, attempt, overtakes = false }: RunningExecution): Promise<void> {
    const name = executionName('announce', `${eventId}#${revision}`, attempt);
    await this.executions.start(name, { eventId, revision, attempt, overtakes });
  }
}
