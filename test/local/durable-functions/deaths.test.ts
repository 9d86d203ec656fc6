import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CheckpointFaults } from './checkpoint-faults';
import {
  DurableCloud,
  effectsIn,
  planDeaths,
  prepare,
} from '../../../conformance/durable-functions/durable-cloud';

/** Checkpoints of an undisturbed execution: four steps, a context and a wait, of which some go together. */
const CHECKPOINTS = 5;
const EVERY_CHECKPOINT = Array.from({ length: CHECKPOINTS }, (_, n) => n + 1);
const EFFECTS = ['close', 'first', 'second', 'tell'];
const event = { pattern: 'every kind of death' } as const;

const directory = mkdtempSync(join(tmpdir(), 'durable-deaths-'));
const effectsFile = join(directory, 'effects');
beforeAll(() => prepare(directory));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

/** What was done twice may have been done by the step whose end was not recorded, and by no other. */
function expectEffects(twiceAtMost: number): void {
  const effects = effectsIn(effectsFile);
  expect(Object.keys(effects).sort()).toEqual(EFFECTS);
  expect(Object.values(effects).filter((times) => times > 1)).toHaveLength(twiceAtMost);
  expect(Math.max(...Object.values(effects))).toBeLessThanOrEqual(2);
}

describe('a function that dies', () => {
  const faults = new CheckpointFaults();
  let death = new AbortController();
  let durable: DurableCloud;
  beforeAll(async () => {
    durable = await DurableCloud.start(directory, {
      redirect: faults.redirect,
      // A fresh signal for every invocation: the next one must not be dead from the beginning.
      around: (invoke) => (name, payload) => {
        death = new AbortController();
        return invoke(name, payload, { signal: death.signal });
      },
    });
  });
  beforeEach(() => {
    durable.plan();
    faults.checkpoints = 0;
    faults.fault = undefined;
  });
  afterAll(async () => {
    await durable?.close();
    await faults.close();
  });

  test(`has ${CHECKPOINTS} checkpoints when nothing happens`, async () => {
    const result = await durable.run(event);

    expect([result, faults.checkpoints]).toEqual([{ refunded: 2 }, CHECKPOINTS]);
    expectEffects(0);
  });

  test.each(EVERY_CHECKPOINT.flatMap((at) => (['before', 'after'] as const).map((mode) => ({ at, mode }))))(
    '$mode checkpoint $at is invoked again, and has done at most one effect twice',
    async ({ at, mode }) => {
      faults.fault = { at, mode, kill: () => death.abort() };

      const result = await durable.run(event);

      expect(result).toEqual({ refunded: 2 });
      const twice = Object.values(durable.effects()).filter((times) => times > 1).length;
      // What was recorded is not done again.
      expectEffects(mode === 'after' ? 0 : twice);
      expect(twice).toBeLessThanOrEqual(1);
    },
  );

  test.each(EVERY_CHECKPOINT)(
    'and whose answer to checkpoint %d is lost asks again, and nothing is twice',
    async (at) => {
      faults.fault = { at, mode: 'answer lost', kill: () => undefined };

      expect(await durable.run(event)).toEqual({ refunded: 2 });
      expectEffects(0);
    },
  );

  test.each(EFFECTS.flatMap((effect) => [`before ${effect}`, `after ${effect}`]))(
    '%s goes on there',
    async (point) => {
      durable.plan(point);

      expect(await durable.run(event)).toEqual({ refunded: 2 });
      expectEffects(point.startsWith('after') ? 1 : 0);
    },
  );
});

describe('a run that is killed', () => {
  /** The cloud in a process of its own. Killed, it is started again on the same data. */
  function start(dataDirectory: string, ...fault: readonly string[]): ChildProcess {
    return spawn(
      process.execPath,
      ['-r', 'tsx/cjs', join(__dirname, 'cloud-process.ts'), directory, dataDirectory, ...fault],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    );
  }

  async function endOf(child: ChildProcess): Promise<{ readonly output: string; readonly signal: unknown }> {
    let output = '';
    child.stdout!.on('data', (chunk: Buffer) => (output += chunk.toString()));
    const [, signal] = (await once(child, 'close')) as [number, unknown];
    return { output, signal };
  }

  test.each([
    [1, 'before'],
    [1, 'after'],
    [2, 'before'],
    [3, 'after'],
    [4, 'after'],
    [5, 'before'],
    [5, 'after'],
  ] as const)('at checkpoint %d, %s it is written, goes on when it is started again', async (at, mode) => {
    planDeaths(effectsFile, []);
    const data = mkdtempSync(join(directory, 'data-'));

    const first = await endOf(start(data, String(at), mode));
    const second = await endOf(start(data));

    expect([first.signal, first.output]).toEqual(['SIGKILL', '']);
    expect(JSON.parse(second.output)).toMatchObject({ status: 'SUCCEEDED', result: '{"refunded":2}' });
    const twice = Object.values(effectsIn(effectsFile)).filter((times) => times > 1).length;
    expectEffects(mode === 'after' ? 0 : twice);
    expect(twice).toBeLessThanOrEqual(1);
  });
});
