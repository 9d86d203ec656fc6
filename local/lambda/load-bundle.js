'use strict';
// Loads a bundle as `require` would. Where a folder is given it keeps the compiled code there, for the next sandbox: compiling
// is a fifth of what short-lived sandboxes cost. Node's own compile cache keeps what loading compiles, and not what invocations do.

const { createHash, randomUUID } = require('node:crypto');
const { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } = require('node:fs');
const { createRequire } = require('node:module');
const path = require('node:path');
const { constants, Script } = require('node:vm');

/**
 * @param {string} file CommonJS
 * @param {string | undefined} cacheFolder
 * @returns what the bundle exports, and `keep`, which writes down what has been compiled so far
 * @throws as `require` does
 */
function loadBundle(file, cacheFolder) {
  const filename = require.resolve(file);
  const source = readFileSync(filename, 'utf8');
  const cacheFile = cacheFolder && path.join(cacheFolder, createHash('sha256').update(source).digest('hex'));
  // V8 refuses what another version of it has compiled.
  const cachedData = cacheFile && existsSync(cacheFile) ? readFileSync(cacheFile) : undefined;
  const script = new Script(`(function (exports, require, module, __filename, __dirname) {\n${source}\n})`, {
    ...{ filename, cachedData, lineOffset: -1 },
    importModuleDynamically: constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
  });
  const module = { exports: {} };
  const run = script.runInThisContext();
  run.call(module.exports, module.exports, createRequire(filename), module, filename, path.dirname(filename));
  return {
    exports: module.exports,
    keep() {
      if (!cacheFile || (cachedData && !script.cachedDataRejected)) return;
      // Put in place whole: other sandboxes do the same.
      const unfinished = `${cacheFile}-${randomUUID()}`;
      mkdirSync(cacheFolder, { recursive: true });
      writeFileSync(unfinished, script.createCachedData());
      renameSync(unfinished, cacheFile);
    },
  };
}

module.exports = { loadBundle };
