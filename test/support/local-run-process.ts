import { createServer } from 'node:http';
import { type AddressInfo } from 'node:net';
import { startLocalRun } from '../../bin/local-run';
import { hearComplaints } from './hear-complaints';
import { type SharedRun, UNLOADED } from './shared-local-run';

/*
 * A local run in a process of its own: `shared-local-run.ts` starts it, and says where it is to whoever asks. The argument is the
 * folder of the cloud assembly.
 */

// Whoever started it has gone, in whatever way. What it has started dies with it.
process.stdin.resume().on('end', () => process.exit());

void main();

async function main(): Promise<void> {
  const run = await startLocalRun({ ...UNLOADED, assemblyDirectory: process.argv[2]! });
  let complaints: string[] = [];
  hearComplaints(run, (complaint) => complaints.push(complaint));
  // Tells them once.
  const told = createServer((_, response) => {
    response.end(JSON.stringify(complaints));
    complaints = [];
  });
  told.listen(0, '127.0.0.1', () => {
    const { port } = told.address() as AddressInfo;
    const shared: SharedRun = { url: run.url, complaints: `http://127.0.0.1:${port}` };
    process.stdout.write(`${JSON.stringify(shared)}\n`);
  });
}
