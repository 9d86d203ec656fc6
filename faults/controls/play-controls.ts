import { randomUUID } from 'node:crypto';
import { type FunctionName } from '../../lib/functions';
import { roleOf } from '../../lib/workflow/role';
import { LAMBDA } from '../../local/lambda/plugin';
import { STEP_FUNCTIONS } from '../../local/step-functions/plugin';
import { AlteredAssembly } from '../altered-assembly';
import { Breakpoints } from '../breakpoints';
import { functionName } from '../fault-run';
import { eventually } from '../../harness/eventpro-client';
import { type Harness, startHarness } from '../harness';
import { type Control, type Stage } from './control';

/** What the harness reports of a scenario. */
export interface Played {
  readonly control: Control;
  /** Violations with the guard in place: there must be none. */
  readonly guarded: readonly string[];
  /** Violations without it. */
  readonly unguarded: readonly string[];
}

/**
 * These work on one purchase, or one order, at a time, so that each purchase can have a variant of its own; a channel does here, where one
 * scenario is played after the other.
 */
const STEPS: ReadonlySet<FunctionName> = new Set<FunctionName>([
  ...(['ReserveSeat', 'ResumePurchase', 'ProcessPayment', 'GenerateTicket', 'SendConfirmation'] as const),
  ...(['RefundPayment', 'ReleaseSeat', 'ClaimCancellation', 'SendCancellation', 'DeliverEmail'] as const),
  ...(['CheckInventory', 'ProcessOrderPayment'] as const),
]);

/**
 * Plays each scenario with its guard and without it.
 *
 * Scenarios share a local run, one after the other, each on seats of its own. Where the guard is in a step, its purchases alone
 * meet a variant of the function that lacks it. Where it is in something that serves all purchases, the scenario plays once
 * more in a run of its own.
 */
export async function playControls(
  controls: readonly Control[],
  { assemblyDirectory, onPlayed = () => undefined }: PlayOptions,
): Promise<Played[]> {
  const played: Played[] = [];
  for (const unaudited of [undefined, true] as const) {
    const group = controls.filter((control) => control.unaudited === unaudited);
    if (group.length === 0) continue;
    const guarded = group.map((control) => ({ control, isGuarded: true }));
    const variants = group.filter(isVariant).map((control) => ({ control, isGuarded: false }));
    const reports = await play([...guarded, ...variants], { assemblyDirectory, unaudited });
    for (const [index, control] of group.entries()) {
      const variant = variants.findIndex((take) => take.control === control);
      const unguarded =
        variant >= 0
          ? reports[group.length + variant]!
          : (await play([{ control, isGuarded: false }], { assemblyDirectory, unaudited }))[0]!;
      played.push({ control, guarded: reports[index]!, unguarded });
      onPlayed(played.length);
    }
  }
  return played;
}

export interface PlayOptions {
  readonly assemblyDirectory: string;
  /** Told after each control how many have been played. */
  readonly onPlayed?: (played: number) => void;
}

/** A scenario that is played. */
interface Take {
  readonly control: Control;
  readonly isGuarded: boolean;
}

/** Plays these in one local run. @returns the violations of each */
async function play(
  takes: readonly Take[],
  { assemblyDirectory, unaudited }: { readonly assemblyDirectory: string; readonly unaudited?: true },
): Promise<string[][]> {
  const breakpoints = new Breakpoints();
  const assembly = AlteredAssembly.copyOf(assemblyDirectory);
  // Expired items stay: TTL deletes them days late, if it likes.
  assembly.disableTtl();
  if (unaudited) assembly.disableSchedule('RecoveryAuditSchedule');
  const variants: Map<string, string>[] = [];
  for (const take of takes) variants.push(await alter(assembly, take));
  const harness = await startHarness({
    assemblyDirectory: assembly.directory,
    workersPerFunction: 2,
    warm: false,
    beforeState: breakpoints.beforeState,
  });
  try {
    const seen: string[][] = [];
    const ids: Set<string>[] = [];
    for (const [index, { control }] of takes.entries()) {
      const purchaseIds = new Set<string>();
      const stage = stageOf(harness, {
        breakpoints,
        assembly,
        index,
        purchaseIds,
        variants: variants[index]!,
      });
      seen.push([...((await control.scenario(stage)) ?? [])]);
      ids.push(purchaseIds);
    }
    await harness.settle();
    for (const violation of await harness.violations()) {
      const whose = ids.findIndex((purchaseIds) => [...purchaseIds].some((id) => violation.includes(id)));
      if (whose < 0) throw new Error(`No scenario has made this violation: ${violation}`);
      seen[whose]!.push(violation);
    }
    return seen;
  } finally {
    await harness.close();
    assembly.remove();
  }
}

/** Takes the guard out. @returns the physical names of functions, and of the variants that the take's purchases meet instead */
async function alter(assembly: AlteredAssembly, { control, isGuarded }: Take): Promise<Map<string, string>> {
  const variants = new Map<string, string>();
  const { without } = control;
  if (isGuarded) return variants;
  if ('remove' in without) without.remove(assembly);
  else if (!isVariant(control)) await assembly.removeGuard(without.functions, without);
  else {
    for (const name of without.functions) {
      const variant = await assembly.addVariant(name, without);
      variants.set(functionName(assembly.directory, name), functionName(assembly.directory, variant));
    }
  }
  return variants;
}

function isVariant({ without }: Control): boolean {
  return 'functions' in without && without.functions.every((name) => STEPS.has(name));
}

interface StageParts {
  readonly breakpoints: Breakpoints;
  readonly assembly: AlteredAssembly;
  readonly index: number;
  /** Learns the purchases that are made on the stage. */
  readonly purchaseIds: Set<string>;
  readonly variants: ReadonlyMap<string, string>;
}

function stageOf(
  harness: Harness,
  { breakpoints, assembly, index, purchaseIds, variants }: StageParts,
): Stage {
  const { client, run } = harness;
  const functions = run.cloud.get(LAMBDA);
  const { stateMachines } = run.cloud.get(STEP_FUNCTIONS);
  const recovery = stateMachines.find((machine) => roleOf(machine) === 'recovery')!;
  const row = 'ABCDEF'[index % 6]!;
  const number = 1 + 2 * Math.floor(index / 6);
  return {
    ...{ client, run },
    seats: [`${row}-${number}`, `${row}-${number + 1}`],
    buy(order) {
      const key = order?.key ?? randomUUID();
      purchaseIds.add(key);
      harness.substitute(key, variants);
      return harness.buy({ ...order, key });
    },
    order(plan) {
      const key = plan?.key ?? randomUUID();
      purchaseIds.add(key);
      harness.substitute(key, variants);
      return harness.order({ ...plan, key });
    },
    answerBank: (...what) => harness.answerBank(...what),
    comeBack: (purchaseId) => harness.comeBack(purchaseId),
    giveUp: (purchaseId) => harness.giveUp(purchaseId),
    cancel: (...what) => harness.cancel(...what),
    admit: (...what) => harness.admit(...what),
    refundByHand: (...what) => harness.refundByHand(...what),
    idle: () => harness.idle(),
    hit: (purchaseId, effect) =>
      eventually(async () => harness.hitsOf(purchaseId).has(effect) || undefined, `a fault in ${effect}`),
    makeDue: (purchaseId) => harness.makeDue(purchaseId),
    lose: (purchaseId) => harness.lose(purchaseId),
    async strayHold() {
      const hold = await harness.strayHold();
      purchaseIds.add(hold.purchaseId);
      return hold;
    },
    before: (...where) => breakpoints.before(...where),
    recover: (purchaseId) =>
      recovery.start({ purchaseId, failures: {} }, { name: `${purchaseId}-now` }).finished,
    async invoke(name, payload) {
      const answer = await functions.invoke(functionName(assembly.directory, name), payload);
      // A step that does not take its input shows nothing.
      if (/"ValidationFailed"/.test(answer.payload)) throw new Error(`${name}: ${answer.payload}`);
      return answer;
    },
  };
}
