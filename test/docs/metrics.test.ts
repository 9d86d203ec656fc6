import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type MetricDefinition, METRICS } from '../../lambda/shared/metrics';

const design = readFileSync(join(__dirname, '..', '..', 'docs', 'design.md'), 'utf8');

test('docs/design.md lists every metric as lambda/shared/metrics.ts does', () => {
  const table = design.split('<!-- metrics -->')[1]!.split('<!-- /metrics -->')[0]!;
  const rows = table
    .trim()
    .split('\n')
    .slice(2)
    .map((row) =>
      row
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );

  const expected = Object.entries<MetricDefinition>(METRICS).map(
    ([name, { unit, dimensions, source, purpose }]) => [
      `\`${name}\``,
      unit,
      dimensions.map((dimension) => `\`${dimension}\``).join(', ') || '–',
      source,
      purpose,
    ],
  );
  expect(rows).toEqual(expected);
});
