import { CONTROLS } from '../../faults/controls/controls';
import { type Played, playControls } from '../../faults/controls/play-controls';
import { cloudAssembly } from '../support/cloud-assembly';

let played: readonly Played[];
beforeAll(async () => {
  played = await playControls(CONTROLS, { assemblyDirectory: await cloudAssembly() });
}, 300_000);

const playedOf = ({ guard }: { readonly guard: string }) =>
  played.find(({ control }) => control.guard === guard)!;

test.each(CONTROLS)('with $guard its scenario leaves no violation', (control) => {
  expect(playedOf(control).guarded).toEqual([]);
});

test.each(CONTROLS)('without $guard the harness sees what goes wrong', (control) => {
  expect(playedOf(control).unguarded.join('\n')).toMatch(control.violation);
});
