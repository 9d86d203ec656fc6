import { DurableExecutions, executionName } from '../shared/durable-executions';
import { ENVIRONMENT, requireEnvironment } from '../shared/environment';

/** Starts executions of CancelEvent. */
export class CancelEventExecutions {
  constructor(
    private readonly executions = new DurableExecutions(requireEnvironment(ENVIRONMENT.cancelEventFunction)),
  ) {}

  async start(eventId: string, attempt: number): Promise<void> {
    await this.executions.start(executionName('cancel', eventId, attempt), { eventId, attempt });
  }
}
