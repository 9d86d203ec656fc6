import { CheckpointFaults, type CheckpointFault } from './checkpoint-faults';
import { DurableCloud } from '../../../conformance/durable-functions/durable-cloud';

/**
 * Starts an execution by its name, or finds it, waits for its end, and prints it. `kill -9` comes at a checkpoint, if one is given.
 *
 * node -r tsx/cjs cloud-process.ts FUNCTIONS DATA [CHECKPOINT before|after]
 */
async function main([functions, dataDirectory, at, mode]: readonly string[]): Promise<void> {
  const faults = new CheckpointFaults();
  const kill = () => process.kill(process.pid, 'SIGKILL');
  if (at) faults.fault = { at: Number(at), mode: mode as CheckpointFault['mode'], kill };
  const durable = await DurableCloud.start(functions!, { dataDirectory, redirect: faults.redirect });
  const input = { DurableExecutionName: 'survivor' };
  const arn = await durable.begin({ pattern: 'every kind of death' }, input);
  const { Status, Result } = await durable.ended(arn);
  process.stdout.write(JSON.stringify({ status: Status, result: Result }));
  await durable.close();
  await faults.close();
}

void main(process.argv.slice(2));
