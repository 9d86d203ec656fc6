import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A project with a dependency of each kind, from tarballs beside it: npm needs no network. */
const project = mkdtempSync(join(tmpdir(), 'install-'));
const modules = join(project, 'node_modules');
const npmrc = join(project, '.npmrc');

beforeAll(() => {
  mkdirSync(join(project, 'scripts'));
  cpSync(join(__dirname, '../../scripts/install.cjs'), join(project, 'scripts/install.cjs'));
  pack({ name: 'for-production' });
  pack({ name: 'for-development', bin: { tool: 'run' } });
  pack({ name: 'for-this-machine', os: [process.platform], bin: { node: 'run' } });
  pack({ name: 'for-another', os: ['sunos'] });
  const file = (name: string) => ({ [name]: `file:${name}-1.0.0.tgz` });
  write('package.json', {
    ...{ name: 'project', version: '1.0.0' },
    dependencies: file('for-production'),
    devDependencies: file('for-development'),
    optionalDependencies: { ...file('for-this-machine'), ...file('for-another') },
  });
  npm('install', '--package-lock-only', '--offline');
});
beforeEach(() => {
  rmSync(modules, { recursive: true, force: true });
  rmSync(npmrc, { force: true });
});
afterAll(() => rmSync(project, { recursive: true }));

const COMPLETE = ['for-development', 'for-production', 'for-this-machine'];

test.each<[string, Record<string, string>, string]>([
  ['nothing set', {}, ''],
  ['NODE_ENV=production', { NODE_ENV: 'production' }, ''],
  ['omit=dev', { npm_config_omit: 'dev' }, ''],
  ['omit=optional', { npm_config_omit: 'optional' }, ''],
  ['production and only', { npm_config_production: 'true', NPM_CONFIG_ONLY: 'prod' }, ''],
  ['dry-run', { npm_config_dry_run: 'true' }, ''],
  ['global', { npm_config_global: 'true', npm_config_location: 'global' }, ''],
  ['package-lock=false', { npm_config_package_lock: 'false', npm_config_package_lock_only: 'true' }, ''],
  ['another platform', { npm_config_os: 'sunos', npm_config_cpu: 'sparc', npm_config_libc: 'musl' }, ''],
  ['another layout', { npm_config_install_strategy: 'linked', npm_config_bin_links: 'false' }, ''],
  ['an .npmrc', {}, 'omit[]=dev\nomit[]=optional\nbin-links=false\ndry-run=true\nlegacy-peer-deps=true\n'],
])('with %s in the environment, all that the lock file names is installed', (_, environment, file) => {
  writeFileSync(npmrc, file);

  const { status, output } = install(environment);

  expect([status, output]).toEqual([0, expect.stringContaining('Installing from the lock file')]);
  expect(COMPLETE.filter((name) => !existsSync(join(modules, name)))).toEqual([]);
  expect(existsSync(join(modules, '.bin', 'tool'))).toBe(true);
  expect(existsSync(join(modules, 'for-another'))).toBe(false);
  expect(install(environment)).toEqual({ status: 0, output: '' });
});

test('what somebody has taken out since comes back', () => {
  install();
  npm('prune', '--omit=dev', '--offline');
  expect(existsSync(join(modules, 'for-development'))).toBe(false);

  expect(install().status).toBe(0);

  expect(existsSync(join(modules, 'for-development'))).toBe(true);
});

test('a folder that was emptied by hand is found', () => {
  install();
  rmSync(join(modules, 'for-production'), { recursive: true });

  expect(install().output).toMatch(/Installing/);
  expect(existsSync(join(modules, 'for-production'))).toBe(true);
});

test('an install that fails says how to do it by hand, and the next one tries again', () => {
  const lock = readFileSync(join(project, 'package-lock.json'));
  // `npm ci` refuses a lock file that is not of this package.json.
  write('package-lock.json', {
    ...{ name: 'project', lockfileVersion: 3 },
    packages: { 'node_modules/for-production': { version: '2.0.0' } },
  });
  const failed = install();
  writeFileSync(join(project, 'package-lock.json'), lock);

  expect([failed.status, failed.output]).toEqual([
    1,
    expect.stringMatching(/By hand: npm ci --include=prod/),
  ]);
  expect(install().status).toBe(0);
});

test("a Node.js of the lock file that does not run on this machine makes way for the machine's own", () => {
  const { output } = install();

  // `for-this-machine` brings a command `node`, whose interpreter is not there: as glibc is not on Alpine.
  expect(output).toMatch(/The lock file's Node.js does not run on this machine/);
  expect(existsSync(join(modules, '.bin', 'node'))).toBe(false);
});

test('within the program itself it installs as well: npm leaves out prestart and pretest where ignore-scripts is set', () => {
  writeFileSync(join(project, 'program.js'), `console.log(require.resolve('for-production/package.json'))`);

  const { stdout } = node('-r', './scripts/install.cjs', 'program.js');

  expect(stdout).toContain(join('node_modules', 'for-production'));
});

function install(environment: Record<string, string> = {}) {
  const { status, stderr } = spawnSync(process.execPath, ['scripts/install.cjs'], {
    ...{ cwd: project, encoding: 'utf8' as const },
    env: { ...quietEnvironment(), ...environment },
  });
  return { status, output: stderr };
}

function node(...args: string[]) {
  return spawnSync(process.execPath, args, { cwd: project, encoding: 'utf8', env: quietEnvironment() });
}

/** Without what the npm that runs these tests was told. */
function quietEnvironment() {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^npm_/i.test(name)));
}

function npm(...args: string[]): void {
  const { status, stderr } = spawnSync('npm', args, {
    cwd: project,
    encoding: 'utf8',
    env: quietEnvironment(),
  });
  if (status !== 0) throw new Error(stderr);
}

function pack(manifest: { name: string; bin?: object; os?: string[] }): void {
  const folder = join(project, manifest.name);
  mkdirSync(folder);
  write(join(manifest.name, 'package.json'), { version: '1.0.0', ...manifest });
  writeFileSync(join(folder, 'run'), '#!/nowhere/ld\n', { mode: 0o755 });
  npm('pack', `./${manifest.name}`);
  rmSync(folder, { recursive: true });
}

function write(path: string, content: object): void {
  writeFileSync(join(project, path), JSON.stringify(content));
}
