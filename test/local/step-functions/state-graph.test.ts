import { layOut } from '../../../local/step-functions/graph-layout';
import { graphOf, type StateMachineDefinition } from '../../../local/step-functions/state-graph';

const definition = {
  StartAt: 'Reserve',
  States: {
    Reserve: { Type: 'Task', Next: 'Pay', Catch: [{ ErrorEquals: ['Taken'], Next: 'Failed' }] },
    Pay: {
      Type: 'Task',
      Next: 'Paid?',
      Catch: [
        { ErrorEquals: ['Declined'], Next: 'Release' },
        { ErrorEquals: ['States.ALL'], Next: 'Release' },
      ],
    },
    'Paid?': { Type: 'Choice', Choices: [{ Next: 'Done' }], Default: 'Failed' },
    Release: { Type: 'Task', Next: 'Failed', Catch: [{ ErrorEquals: ['States.ALL'], Next: 'Failed' }] },
    Done: { Type: 'Succeed' },
    Failed: { Type: 'Fail' },
  },
};

test('every way of a definition is an edge; catches that lead to the same state are one, with all their errors', () => {
  const { edges } = graphOf(definition);

  expect(edges).toEqual([
    { from: 'Reserve', to: 'Pay', kind: 'next' },
    { from: 'Reserve', to: 'Failed', kind: 'catch', errors: ['Taken'] },
    { from: 'Pay', to: 'Paid?', kind: 'next' },
    { from: 'Pay', to: 'Release', kind: 'catch', errors: ['Declined', 'States.ALL'] },
    { from: 'Paid?', to: 'Done', kind: 'choice' },
    { from: 'Paid?', to: 'Failed', kind: 'default' },
    { from: 'Release', to: 'Failed', kind: 'next' },
    { from: 'Release', to: 'Failed', kind: 'catch', errors: ['States.ALL'] },
  ]);
});

test('a state that only an error leads to is told from the ordinary ones', () => {
  const { nodes } = graphOf(definition);

  expect(nodes.filter(({ afterError }) => afterError).map(({ state }) => state)).toEqual(['Release']);
});

test('a layout has a place for everything: no two states overlap, and every way has a beginning and an end', () => {
  const { width, height, nodes, edges } = layOut(graphOf(definition));

  expect(nodes).toHaveLength(6);
  for (const one of nodes) {
    expect(one.x - one.width / 2).toBeGreaterThanOrEqual(0);
    expect(one.x + one.width / 2).toBeLessThanOrEqual(width);
    expect(one.y + one.height / 2).toBeLessThanOrEqual(height);
    for (const other of nodes) {
      if (one === other) continue;
      const apart =
        Math.abs(one.x - other.x) >= (one.width + other.width) / 2 ||
        Math.abs(one.y - other.y) >= (one.height + other.height) / 2;
      expect([one.state, other.state, apart]).toEqual([one.state, other.state, true]);
    }
  }
  expect(edges).toHaveLength(8);
  for (const { points } of edges) expect(points.length).toBeGreaterThanOrEqual(2);
});

test('the ordinary way comes out straight', () => {
  const { nodes } = layOut(graphOf(definition));

  const x = (name: string) => nodes.find(({ state }) => state === name)!.x;
  expect(x('Reserve')).toBe(x('Pay'));
  expect(x('Pay')).toBe(x('Paid?'));
});

describe('what is within a state', () => {
  const order: StateMachineDefinition = {
    StartAt: 'Fulfil',
    States: {
      Fulfil: {
        Type: 'Parallel',
        Next: 'Each',
        Branches: [
          {
            StartAt: 'Write',
            States: {
              Write: { Type: 'Task', Resource: 'arn:aws:states:::dynamodb:updateItem', Next: 'Written' },
              Written: { Type: 'Pass' },
            },
          },
          { StartAt: 'Tell', States: { Tell: { Type: 'Task', Resource: 'arn:aws:states:::lambda:invoke' } } },
        ],
      },
      Each: {
        Type: 'Map',
        ItemProcessor: { StartAt: 'Wrap', States: { Wrap: { Type: 'Pass' } } },
      },
    },
  };

  test('lies in its box, and no two of it overlap', () => {
    const { nodes, edges, width } = layOut(graphOf(order));
    const boxOf = (name: string) => nodes.find(({ state }) => state === name)!;

    for (const [outer, ...inner] of [
      ['Fulfil', 'Write', 'Written', 'Tell'],
      ['Each', 'Wrap'],
    ] as const) {
      const box = boxOf(outer);
      expect(box.isContainer).toBe(true);
      for (const each of inner.map(boxOf)) {
        expect(Math.abs(each.x - box.x)).toBeLessThanOrEqual((box.width - each.width) / 2);
        expect(each.y - each.height / 2).toBeGreaterThan(box.y - box.height / 2 + 30);
        expect(each.y + each.height / 2).toBeLessThan(box.y + box.height / 2);
      }
    }
    const [write, tell] = [boxOf('Write'), boxOf('Tell')];
    expect(Math.abs(write.x - tell.x)).toBeGreaterThanOrEqual((write.width + tell.width) / 2);
    expect(edges.map(({ from, to }) => `${from} ${to}`)).toEqual(['Fulfil Each', 'Write Written']);
    expect(edges[1]!.points.every(({ x }) => x > 0 && x < width)).toBe(true);
  });

  test('a Task that calls a service says which; a function is no news', () => {
    const calls = layOut(graphOf(order)).nodes.flatMap(({ state, calls: called }) =>
      called ? [`${state} ${called}`] : [],
    );

    expect(calls).toEqual(['Write dynamodb:updateItem']);
  });
});
