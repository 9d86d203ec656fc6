import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Section } from './section';
import { renderSection } from './table';

const FOLDER = join(__dirname, '..', '..', 'docs');
const DOCUMENTS = ['performance.md', 'cost.md'];

/** Writes each section into the documents that have a block of its name. @returns the names nobody has a block for */
export function writeDocuments(sections: readonly Section[], machine: string): string[] {
  const homeless = new Set(sections.map(({ name }) => name));
  for (const name of DOCUMENTS) {
    const file = join(FOLDER, name);
    if (!existsSync(file)) continue;
    let text = readFileSync(file, 'utf8');
    for (const section of sections) {
      if (!text.includes(beginOf(section.name))) continue;
      text = replaceBlock(text, section.name, `${renderSection(section)}\n\n_${machine}_`);
      homeless.delete(section.name);
    }
    writeFileSync(file, text);
  }
  return [...homeless];
}

/** The text with what stands between `<!-- name -->` and `<!-- /name -->` replaced. @throws Error without the markers */
export function replaceBlock(text: string, name: string, content: string): string {
  const begin = text.indexOf(beginOf(name));
  const end = text.indexOf(endOf(name));
  if (begin < 0 || end < begin) throw new Error(`There is no block ${name}`);
  return `${text.slice(0, begin + beginOf(name).length)}\n\n${content}\n\n${text.slice(end)}`;
}

const beginOf = (name: string) => `<!-- ${name} -->`;
const endOf = (name: string) => `<!-- /${name} -->`;
