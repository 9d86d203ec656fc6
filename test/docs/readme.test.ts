import { diagram, failureTable, GENERATED_PAGES, textOf, withGeneratedParts } from '../../scripts/readme';
import { FAILURES } from '../../harness/failure-table';

test.each(GENERATED_PAGES)('what is generated in %s is as scripts/readme.ts writes it', (page) => {
  const text = textOf(page);

  expect(text).toBe(withGeneratedParts(page, text));
});

test('the README fits into 200 lines', () => {
  expect(textOf('README.md').trimEnd().split('\n').length).toBeLessThanOrEqual(200);
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

test('a page without its markers is refused by the name of the marker', () => {
  expect(() => withGeneratedParts('README.md', '# EventPro\n')).toThrow(
    'README.md has no <!-- failures --> … <!-- /failures -->',
  );
});
