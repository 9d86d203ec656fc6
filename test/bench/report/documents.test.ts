import { replaceBlock } from '../../../bench/report/documents';
import { figure, renderTable } from '../../../bench/report/table';

test('what stands between the markers is replaced, and nothing else', () => {
  const text = 'before\n<!-- cost -->\nold\n<!-- /cost -->\nafter <!-- synth --><!-- /synth -->';

  const replaced = replaceBlock(text, 'cost', 'new');

  expect(replaced).toBe(
    'before\n<!-- cost -->\n\nnew\n\n<!-- /cost -->\nafter <!-- synth --><!-- /synth -->',
  );
});

test('a block that is not there, or not closed, is an error', () => {
  expect(() => replaceBlock('text', 'cost', 'new')).toThrow('cost');
  expect(() => replaceBlock('<!-- cost -->', 'cost', 'new')).toThrow('cost');
});

test('a table has a column as wide as its widest cell, and its notes below', () => {
  const rendered = renderTable({
    title: 'Times',
    header: ['Step', 'ms'],
    rows: [['ReserveSeat', '4.2']],
    notes: ['here'],
  });

  expect(rendered).toBe(
    [
      '**Times**',
      '',
      '| Step        | ms  |',
      '| ----------- | --- |',
      '| ReserveSeat | 4.2 |',
      '',
      '- here',
    ].join('\n'),
  );
});

test.each([
  [0, '0'],
  [0.012345, '0.0123'],
  [1.2345, '1.23'],
  [12.345, '12.3'],
  [1234.5, '1,235'],
])('%d is written with three significant digits: %s', (value, text) => {
  expect(figure(value)).toBe(text);
});
