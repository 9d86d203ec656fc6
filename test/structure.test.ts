import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { preProcessFile, resolveModuleName, sys } from 'typescript';
import { PLUGINS } from '../local/plugins';

const ROOT = join(__dirname, '..');
const FOLDERS = readdirSync(ROOT, { withFileTypes: true })
  .filter(
    (entry) => entry.isDirectory() && !/^(\..*|node_modules|dist|coverage|cdk\.out.*)$/.test(entry.name),
  )
  .map(({ name }) => name);

/** What each file imports of this repository, types included: by path from the root. */
const imports = new Map(
  FOLDERS.flatMap((folder) => sourcesIn(folder)).map((file) => [file, importsOf(file)] as const),
);

function sourcesIn(folder: string): string[] {
  return readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .map((file) => join(folder, file))
    .filter((file) => /\.[cm]?[jt]s$/.test(file));
}

function importsOf(file: string): string[] {
  const { importedFiles } = preProcessFile(readFileSync(join(ROOT, file), 'utf8'), true, true);
  return importedFiles
    .filter(({ fileName }) => fileName.startsWith('.'))
    .flatMap(({ fileName }) => {
      const resolved = resolveModuleName(fileName, join(ROOT, file), { allowJs: true }, sys).resolvedModule;
      return resolved ? [relative(ROOT, resolved.resolvedFileName)] : [];
    });
}

/** Each way that comes back to where it began. */
function circlesOf(needs: ReadonlyMap<string, Iterable<string>>): string[] {
  const circles: string[] = [];
  const done = new Set<string>();
  function follow(node: string, way: readonly string[]): void {
    if (way.includes(node)) circles.push([...way.slice(way.indexOf(node)), node].join(' → '));
    else if (!done.has(node)) for (const needed of needs.get(node) ?? []) follow(needed, [...way, node]);
    done.add(node);
  }
  for (const node of needs.keys()) follow(node, []);
  return circles;
}

test('no imports go in a circle, not even those of types', () => {
  expect(circlesOf(imports)).toEqual([]);
  expect(imports.size).toBeGreaterThan(500);
});

// What stands directly in a folder is on both sides: the stacks of lib/ use its folders, which use its configuration.
test.each(FOLDERS)('the folders of %s/ need each other in one direction', (top) => {
  const folderOf = (file: string) => {
    const folder = dirname(file);
    return folder.startsWith(`${top}/`) ? [folder] : [];
  };
  const needs = new Map<string, Set<string>>();
  for (const [file, imported] of imports) {
    for (const folder of folderOf(file)) {
      const needed = imported.flatMap(folderOf).filter((each) => each !== folder);
      needs.set(folder, new Set([...(needs.get(folder) ?? []), ...needed]));
    }
  }
  // An event and its seats share a table: a replaced map looks at the seats, a seat's price is in the map.
  needs.get('lambda/event')?.delete('lambda/seat');

  expect(circlesOf(needs)).toEqual([]);
});

describe('an emulated service', () => {
  // `local/core/plugin.ts` says what a plug-in is.
  const services = readdirSync(join(ROOT, 'local')).filter(
    (folder) => folder !== 'core' && existsSync(join(ROOT, 'local', folder, 'plugin.ts')),
  );
  /** The service that a file belongs to, if it belongs to one. */
  const serviceOf = (file: string) => services.find((service) => file.startsWith(`local/${service}/`));

  test('is a folder of its own, and listed', () => {
    expect(PLUGINS.map(({ name }) => name).sort()).toEqual(services.sort());
  });

  test('is known to nobody in local/ but the list', () => {
    const core = [...imports].filter(([file]) => file.startsWith('local/') && !serviceOf(file));
    const knowing = core.filter(([, imported]) => imported.some(serviceOf)).map(([file]) => file);

    expect(knowing).toEqual(['local/plugins.ts']);
  });

  test.each(PLUGINS)('$name uses no other than those it needs', (plugin) => {
    const used = sourcesIn(`local/${plugin.name}`).flatMap((file) =>
      imports.get(file)!.flatMap((each) => serviceOf(each) ?? []),
    );
    const needed = Object.values(plugin.needs).map(({ name }) => String(name));

    expect(needed).toEqual(expect.arrayContaining([...new Set(used)].filter((name) => name !== plugin.name)));
  });
});
