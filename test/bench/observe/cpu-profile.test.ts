import { sourceArea, summarize } from '../../../bench/observe/cpu-profile';

const node = (id: number, functionName: string, url = '') => ({
  id,
  callFrame: { functionName, url, lineNumber: 0 },
});

test('idle time counts for nothing, and the rest is scaled to the processor time of the thread', () => {
  const profile = {
    nodes: [node(1, '(idle)'), node(2, 'handle', 'node:http'), node(3, '(garbage collector)')],
    samples: [1, 2, 2, 3],
    timeDeltas: [9_000, 1_000, 2_000, 1_000],
  };

  const { areas, functions } = summarize('main', profile, 2);

  expect(areas).toEqual({ 'node:http': 1.5, '(garbage collector)': 0.5 });
  expect(functions[0]).toEqual({ name: 'handle', area: 'node:http', ms: 1.5 });
});

test.each([
  [`${process.cwd()}/local/sns/sns-service.ts`, 'local/sns'],
  [`${process.cwd()}/node_modules/@smithy/core/dist/index.js`, '@smithy/core'],
  ['lambda/seat/reserve-seat.ts', 'lambda/seat'],
])('%s is in %s', (path, area) => {
  expect(sourceArea(path)).toBe(area);
});
