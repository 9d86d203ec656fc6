import { readFileSync } from 'node:fs';
import { diagram, failureTable, README, withGeneratedParts } from '../../scripts/readme';
import { FAILURES } from '../saga/failure-table';

const readme = readFileSync(README, 'utf8');

test('the README shows the failures of the tests and the diagram of the synthesised saga (scripts/readme.ts writes them)', () => {
  expect(readme).toBe(withGeneratedParts(readme));
});

test('the README has about a dozen failures to try, each on its own line', () => {
  const rows = FAILURES.filter((failure) => failure.readme);

  const lines = failureTable(rows).split('\n').slice(2);

  expect(lines).toHaveLength(rows.length);
  expect(lines.length).toBeGreaterThanOrEqual(12);
  for (const [index, { title }] of rows.entries()) expect(lines[index]).toContain(`| ${title} `);
});

test('the diagram draws each way on: next, choice, default and catch', () => {
  const drawn = diagram({
    Pay: {
      Type: 'Task',
      Next: 'Check',
      Catch: [
        { ErrorEquals: ['Declined', 'Expired'], Next: 'Failed', ResultPath: '$' },
        { ErrorEquals: ['States.ALL'], Next: 'Check', ResultPath: '$' },
      ],
    },
    Check: {
      Type: 'Choice',
      Choices: [{ Variable: '$.failures.Pay', IsPresent: true, Next: 'Failed' }],
      Default: 'Done',
    },
    Done: { Type: 'Pass', End: true },
    Failed: { Type: 'Fail' },
  });

  expect(drawn.split('\n')).toEqual([
    '```mermaid',
    'flowchart TD',
    '  Pay[Pay]',
    '  Check{Check}',
    '  Done([Done])',
    '  Failed([Failed])',
    '  Pay --> Check',
    '  Pay -. "Declined<br/>Expired" .-> Failed',
    '  Pay -. "any other error" .-> Check',
    '  Check -- "there is $.failures.Pay" --> Failed',
    '  Check -- "otherwise" --> Done',
    '```',
  ]);
});

test('a README without its markers is refused by the name of the marker', () => {
  expect(() => withGeneratedParts('# EventPro\n')).toThrow(
    'README.md has no <!-- diagram --> … <!-- /diagram -->',
  );
});
