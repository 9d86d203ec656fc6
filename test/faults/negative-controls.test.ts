import { CONTROLS } from '../../faults/controls/controls';
import { type Played, playControls } from '../../faults/controls/play-controls';
import { sliceOf } from '../../faults/matrix/slice';
import { cloudAssembly } from '../support/cloud-assembly';
import { AGAIN, printSlice, SLICE_OF_FEWER } from '../support/fault-slice';

printSlice('negative-controls');

/** That every guard is where its control takes it out, `guard.test.ts` sees each time. */
const controls = sliceOf(CONTROLS, SLICE_OF_FEWER);

let played: readonly Played[];
beforeAll(async () => {
  played = await playControls(controls, { assemblyDirectory: await cloudAssembly() });
}, 300_000);

const playedOf = ({ guard }: { readonly guard: string }) =>
  played.find(({ control }) => control.guard === guard)!;

describe(`slice ${SLICE_OF_FEWER.index}/${SLICE_OF_FEWER.of} of the controls (${AGAIN})`, () => {
  test.each(controls)('with $guard its scenario leaves no violation', (control) => {
    expect(playedOf(control).guarded).toEqual([]);
  });

  test.each(controls)('without $guard the harness sees what goes wrong', (control) => {
    expect(playedOf(control).unguarded.join('\n')).toMatch(control.violation);
  });
});
