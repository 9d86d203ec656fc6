import { AlteredAssembly } from '../../faults/altered-assembly';
import { type FaultRun, startFaultRun } from '../../faults/fault-run';
import { Stores } from '../../faults/stores';
import { cloudAssembly } from './cloud-assembly';

export interface FaultRunFixture {
  readonly run: FaultRun;
  /** What the run has written. */
  readonly stores: Stores;
}

/**
 * A local run to hold, hurt and look into, for the tests of a file or a `describe`; each test finds it empty.
 *
 * @param alter changes a copy of the cloud assembly, which is run instead of the app's own
 */
export function useFaultRun(alter?: (assembly: AlteredAssembly) => void | Promise<void>): FaultRunFixture {
  let copy: AlteredAssembly | undefined;
  let run: FaultRun | undefined;
  let stores: Stores | undefined;
  beforeAll(async () => {
    const assembly = await cloudAssembly();
    if (alter) await alter((copy = AlteredAssembly.copyOf(assembly)));
    run = await startFaultRun({ assemblyDirectory: copy?.directory ?? assembly });
    stores = new Stores(run);
  });
  afterAll(async () => {
    stores?.close();
    await run?.close();
    copy?.remove();
  });
  beforeEach(() => run!.eventpro.reset());
  return {
    get run() {
      return run!;
    },
    get stores() {
      return stores!;
    },
  };
}
