import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
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

test('no imports go in a circle, not even those of types', () => {
  const circles: string[] = [];
  const done = new Set<string>();
  function follow(file: string, way: readonly string[]): void {
    if (way.includes(file)) circles.push([...way.slice(way.indexOf(file)), file].join(' → '));
    else if (!done.has(file))
      for (const imported of imports.get(file) ?? []) follow(imported, [...way, file]);
    done.add(file);
  }

  for (const file of imports.keys()) follow(file, []);

  expect(circles).toEqual([]);
  expect(imports.size).toBeGreaterThan(500);
});

describe('an emulated service', () => {
  const services = readdirSync(join(ROOT, 'local')).filter((folder) =>
    existsSync(join(ROOT, 'local', folder, 'plugin.ts')),
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
