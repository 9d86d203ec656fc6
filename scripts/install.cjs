// Makes sure that what the lock file names is installed. `npm start` and `npm test` run it twice: before them, so that they
// already run with the lock file's Node.js; and within them (`-r`), because npm leaves out what comes before a script where
// `ignore-scripts` is set. It uses nothing but Node.js itself, because nothing else may be there yet.
const { spawnSync } = require('node:child_process');
const { createHash } = require('node:crypto');
const { existsSync, readFileSync, rmSync, writeFileSync } = require('node:fs');
const { join } = require('node:path');
const { isMainThread } = require('node:worker_threads');

const ROOT = join(__dirname, '..');
const MODULES = join(ROOT, 'node_modules');
const LOCK = join(ROOT, 'package-lock.json');
/** What npm notes of the packages that it has put there; also of an install without some of them. */
const INSTALLED = join(MODULES, '.package-lock.json');
/** Holds the hash of the lock file that was last installed from: optional packages that did not come are not asked for again. */
const MARKER = join(MODULES, '.eventpro-install');

// Without the names of the hosts that this process is connected to, which it would look up.
process.report.excludeNetwork = true;
const LIBC = process.report.getReport().header.glibcVersionRuntime ? 'glibc' : 'musl';

/** `npm ci` as it is where nothing is set: each of these may be, by a variable or an .npmrc, and a flag wins over both. */
const INSTALL = [
  'ci',
  // Also against NODE_ENV=production, `only`, `production` and `optional`.
  '--include=prod',
  '--include=dev',
  '--include=optional',
  '--include=peer',
  '--no-dry-run',
  '--no-global',
  '--location=project',
  '--package-lock',
  '--no-package-lock-only',
  '--bin-links',
  '--install-strategy=hoisted',
  '--no-legacy-peer-deps',
  '--no-workspaces',
  `--os=${process.platform}`,
  `--cpu=${process.arch}`,
  ...(process.platform === 'linux' ? [`--libc=${LIBC}`] : []),
  // None of these packages needs its scripts: what is compiled comes in packages of its own.
  '--ignore-scripts',
  '--no-audit',
  '--no-fund',
];

// A worker thread inherits `-r`.
if (isMainThread) install();

function install() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major < 20 || (major === 20 && minor < 19)) {
    return fail(`EventPro needs Node.js 20.19 or newer; this is ${process.version}.`);
  }
  const lock = readFileSync(LOCK);
  const packages = JSON.parse(lock).packages;
  const hash = createHash('sha256').update(lock).digest('hex');
  const before = missingOf(packages);
  if (before.length === 0 || (before.every(isOptional) && read(MARKER) === hash)) return;

  say('Installing from the lock file (once; about a minute) …');
  const npm = process.env.npm_execpath;
  const [command, ...args] = npm?.endsWith('.js') ? [process.execPath, npm] : ['npm'];
  const { status, error } = spawnSync(command, [...args, ...INSTALL], {
    cwd: ROOT,
    stdio: ['ignore', 'inherit', 'inherit'],
    shell: process.platform === 'win32' && !npm,
  });
  const again = `npm ${INSTALL.join(' ')}`;
  if (status !== 0)
    return fail(`${error?.message ?? `npm ci failed (exit code ${status})`}. By hand: ${again}`);
  const missing = missingOf(packages);
  const needed = missing.filter((each) => !isOptional(each));
  if (needed.length > 0) {
    return fail(
      `npm ci left out ${needed.length} packages, such as ${needed[0].path}. A setting of npm must be the cause: ` +
        `\`npm config list\` and \`env | grep -i npm_config\` show them.`,
    );
  }
  for (const { path } of missing) say(`${path}, which is optional, could not be installed.`);
  leaveOutForeignNode();
  writeFileSync(MARKER, hash);
}

/**
 * What the lock file wants on this machine and is not there in its version. An optional package counts where it names the
 * platforms that it is for: the others belong to such a package.
 */
function missingOf(packages) {
  const installed = JSON.parse(read(INSTALLED) ?? '{}').packages ?? {};
  return Object.entries(packages)
    .filter(([path, { optional, os }]) => path !== '' && (!optional || os !== undefined))
    .filter(
      ([, { os, cpu, libc }]) => fits(os, process.platform) && fits(cpu, process.arch) && fits(libc, LIBC),
    )
    .filter(
      ([path, { version }]) =>
        installed[path]?.version !== version || !existsSync(join(ROOT, path, 'package.json')),
    )
    .map(([path, { optional = false }]) => ({ path, optional }));
}

/** As npm reads these fields: names that are allowed, or with a `!` those that are not. */
function fits(allowed, name) {
  const names = [allowed ?? []].flat();
  const wanted = names.filter((each) => !each.startsWith('!'));
  return !names.includes(`!${name}`) && (wanted.length === 0 || wanted.includes(name));
}

function isOptional({ optional }) {
  return optional;
}

/**
 * npm runs every script with `node_modules/.bin/node`. The lock file's is linked against glibc, which Alpine, for one, has
 * not: then this machine's own has to do.
 */
function leaveOutForeignNode() {
  const node = join(MODULES, '.bin', 'node');
  if (!existsSync(node) || spawnSync(node, ['--version']).status === 0) return;
  rmSync(node);
  say(`The lock file's Node.js does not run on this machine (${LIBC}): ${process.version} is used instead.`);
}

function read(file) {
  return existsSync(file) ? readFileSync(file, 'utf8') : undefined;
}

function say(line) {
  process.stderr.write(`${line}\n`);
}

function fail(message) {
  say(message);
  process.exit(1);
}
