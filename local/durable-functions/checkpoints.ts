import { type OperationUpdate } from './api-shapes';
import { applyUpdates } from './apply-updates';
import { type ChainedInvocations } from './chained-invocations';
import { completeDue } from './due-operations';
import { type DurableExecution, type RunningInvocation } from './durable-execution';
import { type ExecutionRunner } from './execution-runner';
import { checkpointToken, pageOf } from './invocation-event';
import { invalid } from './operation-rules';
import { DEFAULT_PAGE } from './quotas';

export interface Checkpoint {
  readonly CheckpointToken?: string;
  readonly ClientToken?: string;
  readonly Updates?: readonly OperationUpdate[];
}

/** What the SDK asks from within an invocation, by the token that it holds. */
export class Checkpoints {
  constructor(
    private readonly runner: ExecutionRunner,
    private readonly chainedInvocations: ChainedInvocations,
  ) {}

  /** `CheckpointDurableExecution`: the next token, and everything that the function does not know yet. @throws AwsError */
  save(arn: string, { CheckpointToken: token = '', ClientToken, Updates = [] }: Checkpoint): object {
    const { execution, invocation } = this.invoked(arn);
    const last = invocation.lastAnswer;
    if (last && last.clientToken === ClientToken && last.token === token) return last.answer;
    checkToken(arn, invocation, token);

    const change = this.runner.changeOf(execution);
    applyUpdates(change, Updates);
    if (change.progress.status === 'RUNNING') completeDue(change);
    this.runner.commit(change);
    for (const { Id } of Updates) this.chainedInvocations.begin(execution, Id!);

    const NewExecutionState = { Operations: told(execution) };
    // Nothing can be added to an execution that has ended.
    if (!execution.running) return { NewExecutionState };
    invocation.sequence++;
    const answer = { CheckpointToken: checkpointToken(arn, invocation), NewExecutionState };
    if (ClientToken) invocation.lastAnswer = { clientToken: ClientToken, token, answer };
    return answer;
  }

  /**
   * `GetDurableExecutionState`: what did not go into the event of the invocation.
   *
   * @param maxItems 0 for the default
   * @throws AwsError
   */
  state(arn: string, token: string, from: number, maxItems: number): object {
    const { invocation } = this.invoked(arn);
    checkToken(arn, invocation, token);
    return pageOf(invocation.operations, from, maxItems || DEFAULT_PAGE);
  }

  private invoked(arn: string): {
    readonly execution: DurableExecution;
    readonly invocation: RunningInvocation;
  } {
    this.runner.refuseStopped();
    const execution = this.runner.store.get(arn);
    const invocation = execution?.invocation;
    if (!execution?.running || !invocation) throw invalid(INVALID_TOKEN);
    return { execution, invocation };
  }
}

/**
 * As the service has it, says an SDK's maintainer (aws-durable-execution-sdk-js, issue 917, September 2026). JavaScript's SDK 2.4.0
 * looks for other capitals, and so ends an execution whose token is stale, where it should leave it to the next invocation.
 */
const INVALID_TOKEN = 'Invalid checkpoint token';

function checkToken(arn: string, invocation: RunningInvocation, token: string): void {
  if (token !== checkpointToken(arn, invocation)) throw invalid(INVALID_TOKEN);
}

/** What has changed since the function was last told, which it is now. */
function told(execution: DurableExecution): readonly object[] {
  const changed = [...execution.untold].map((id) => execution.operations.get(id)!.told);
  execution.untold.clear();
  return changed;
}
