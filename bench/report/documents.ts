import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Section } from './section';
import { renderSection } from './table';

const FOLDER = join(__dirname, '..', '..', 'docs');
const DOCUMENTS = ['performance.md', 'cost.md', 'security.md'];

/**
 * Replaces the block of the section's name.
 *
 * @param machine a line on what measured
 * @throws Error when no document has such a block
 */
export function writeDocument(section: Section, machine: string): void {
  const document = documentOf(section.name);
  if (!document) throw new Error(`No document has a block for ${section.name}`);
  const { file, text } = document;
  writeFileSync(file, replaceBlock(text, section.name, `${renderSection(section)}\n\n_${machine}_`));
}

/** The document with the block of a measurement; undefined when there is none. */
export function documentOf(name: string): { readonly file: string; readonly text: string } | undefined {
  return DOCUMENTS.map((document) => join(FOLDER, document))
    .map((file) => ({ file, text: readFileSync(file, 'utf8') }))
    .find(({ text }) => text.includes(beginOf(name)));
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
