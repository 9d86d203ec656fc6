import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { openApiDocument } from '../../lib/api/openapi';

const document = JSON.stringify(openApiDocument('https://api.example.com/v1'));

/** What the linter says, in a process of its own: it is an ES module. */
function problemsOf(text: string): { ruleId: string; message: string }[] {
  const linter = join(__dirname, '..', 'support', 'lint-openapi.mjs');
  return JSON.parse(execFileSync(process.execPath, [linter], { input: text, encoding: 'utf8' })) as never;
}

test('the document is what the linter recommends', () => {
  expect(problemsOf(document)).toEqual([]);
});

test.each<[string, (text: string) => string, string]>([
  [
    'a reference to nothing',
    (text) => text.replace('#/components/schemas/SeatMap"', '#/components/schemas/Seats"'),
    'no-unresolved-refs',
  ],
  [
    'an operation twice',
    (text) => text.replace('"postPurchases"', '"getEvents"'),
    'operation-operationId-unique',
  ],
  [
    'a path parameter that is not described',
    (text) => text.replaceAll('"name":"eventId"', '"name":"id"'),
    'path-parameters-defined',
  ],
])('the linter finds %s', (_, spoil, rule) => {
  expect(problemsOf(spoil(document)).map(({ ruleId }) => ruleId)).toContain(rule);
});
