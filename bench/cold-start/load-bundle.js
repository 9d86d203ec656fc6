'use strict';
// Loads one bundle as Lambda's runtime does, in a process that has loaded nothing else, and prints what it took.
// Plain CommonJS, because the loader of TypeScript would be measured too.

const cpu = process.cpuUsage();
const startedAt = performance.now();
const { handler } = require(process.argv[2]);
const wallMs = performance.now() - startedAt;
const { user, system } = process.cpuUsage(cpu);
if (typeof handler !== 'function') throw new Error(`${process.argv[2]} exports no handler`);
process.stdout.write(JSON.stringify({ wallMs, cpuMs: (user + system) / 1000 }));
process.exit(0);
