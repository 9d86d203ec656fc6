import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { FAILURES, type FailureRow } from '../harness/failure-table';
import { type State, stateMachineOf, synthesizedStack } from '../harness/synthesized-stage';

const ROOT = join(__dirname, '..');

/** What is generated, by page and marker: the failures that the tests run, and the synthesised state machine. */
const GENERATED: Readonly<Record<string, Readonly<Record<string, () => string>>>> = {
  'README.md': { failures: () => failureTable(FAILURES.filter(({ readme }) => readme)) },
  'docs/design.md': { diagram: () => diagram(stateMachineOf(synthesizedStack('Checkout')).States) },
};
export const GENERATED_PAGES = Object.keys(GENERATED);

/** Writes what is generated into the pages. `test/docs/readme.test.ts` fails when one is behind. */
function main(): void {
  for (const page of GENERATED_PAGES) writeFileSync(join(ROOT, page), withGeneratedParts(page, textOf(page)));
}

export function textOf(page: string): string {
  return readFileSync(join(ROOT, page), 'utf8');
}

/** The page with its generated parts as they must be. @throws Error naming a marker that is not there */
export function withGeneratedParts(page: string, text: string): string {
  return Object.entries(GENERATED[page]!).reduce(
    (written, [marker, generate]) => replaceBetween(page, written, marker, generate()),
    text,
  );
}

/** Markdown, aligned as Prettier aligns it. */
export function failureTable(failures: readonly FailureRow[]): string {
  const header = ['What fails', 'Card or fault', 'States', 'Answer', 'Seat', 'Money'];
  const rows = failures.map((failure) => [
    failure.title,
    causeOf(failure),
    failure.states.map((state) => timesTried(state, failure)).join(' → '),
    failure.code ? `${failure.http} \`${failure.code}\`` : String(failure.http),
    failure.seat,
    failure.money,
  ]);
  const widths = header.map((_, column) => Math.max(...[header, ...rows].map((row) => row[column]!.length)));
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column]!)).join(' | ')} |`;
  return [line(header), line(widths.map((width) => '-'.repeat(width))), ...rows.map(line)].join('\n');
}

/** What a reader puts into the body of the purchase, or arms before it. */
function causeOf({ card, faults = {}, seatSoldBefore }: FailureRow): string {
  const causes = [
    ...(card ? [`\`${card}\``] : []),
    ...Object.entries(faults).map(([state, fault]) => `\`${state}\` \`${JSON.stringify(fault)}\``),
    ...(seatSoldBefore ? ['the same seat, with a new key'] : []),
  ];
  return causes.join(', ') || '`pm_card_visa`';
}

function timesTried(state: string, { attempts = {} }: FailureRow): string {
  const tried = (attempts as Record<string, number>)[state];
  return tried ? `${state} ×${tried}` : state;
}

/** A Mermaid flowchart. Dotted arrows are catches. */
export function diagram(states: Readonly<Record<string, State>>): string {
  const arrows = Object.entries(states).flatMap(([name, state]) => [
    ...(state.Next ? [`${name} --> ${state.Next}`] : []),
    ...choicesOf(state).map(({ condition, next }) => `${name} -- "${condition}" --> ${next}`),
    ...catchesOf(state).map(({ errors, next }) => `${name} -. "${errors}" .-> ${next}`),
  ]);
  const lines = ['flowchart TD', ...Object.entries(states).map(nodeOf), ...arrows];
  return ['```mermaid', ...lines.map((line, index) => (index ? `  ${line}` : line)), '```'].join('\n');
}

function nodeOf([name, { Type, End }]: [string, State]): string {
  if (Type === 'Choice') return `${name}{${name}}`;
  return Type === 'Fail' || End ? `${name}([${name}])` : `${name}[${name}]`;
}

function choicesOf(state: State): { condition: string; next: string }[] {
  const choices = (state.Choices ?? []) as { Variable: string; IsPresent?: boolean; Next: string }[];
  return [
    ...choices.map(({ Variable, IsPresent, Next }) => {
      if (!IsPresent) throw new Error(`The diagram has no words for the choice of ${Next}`);
      return { condition: `there is ${Variable}`, next: Next };
    }),
    ...(state.Default ? [{ condition: 'otherwise', next: state.Default as string }] : []),
  ];
}

function catchesOf({ Catch = [] }: State): { errors: string; next: string }[] {
  const all = Catch.length > 1 ? 'any other error' : 'any error';
  return Catch.map(({ ErrorEquals, Next }) => ({
    errors: ErrorEquals.map((error) => (error === 'States.ALL' ? all : error)).join('<br/>'),
    next: Next,
  }));
}

function replaceBetween(page: string, text: string, marker: string, content: string): string {
  const [begin, end] = [`<!-- ${marker} -->`, `<!-- /${marker} -->`];
  const [from, to] = [text.indexOf(begin), text.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`${page} has no ${begin} … ${end}`);
  return `${text.slice(0, from)}${begin}\n\n${content}\n\n${text.slice(to)}`;
}

if (require.main === module) main();
