import { type Section, type Table } from './section';

/** Markdown, aligned as Prettier aligns it, so that it reads in a terminal too. */
export function renderTable({ title, header, rows, notes = [] }: Table): string {
  const widths = header.map((_, column) =>
    Math.max(3, ...[header, ...rows].map((row) => (row[column] ?? '').length)),
  );
  const line = (cells: readonly string[]) =>
    `| ${widths.map((width, column) => (cells[column] ?? '').padEnd(width)).join(' | ')} |`;
  return [
    `**${title}**`,
    '',
    ...[line(header), line(widths.map((width) => '-'.repeat(width))), ...rows.map(line)],
    ...(notes.length > 0 ? ['', ...notes.map((note) => `- ${note}`)] : []),
  ].join('\n');
}

export function renderSection({ tables }: Section): string {
  return tables.map(renderTable).join('\n\n');
}

/** Three significant digits: more would claim a precision that no figure here has. */
export function figure(value: number): string {
  if (value === 0) return '0';
  const digits = Math.max(0, 2 - Math.floor(Math.log10(Math.abs(value))));
  return value.toLocaleString('en-US', {
    minimumFractionDigits: Math.min(digits, 2),
    maximumFractionDigits: Math.min(digits, 4),
  });
}

export function dollars(value: number): string {
  return `$${value.toLocaleString('en-US', { minimumFractionDigits: 2, maximumFractionDigits: 2 })}`;
}

/** `12.3 (11.9–13.0)`: the median and the quartiles. */
export function withSpread({ median, low, high }: { median: number; low: number; high: number }): string {
  return `${figure(median)} (${figure(low)}–${figure(high)})`;
}
