import { arch, cpus, loadavg, platform, totalmem } from 'node:os';

/** One line on what measured, because a figure without its machine says little. */
export function machine(now = new Date()): string {
  const [cpu] = cpus();
  const load = loadavg()[0]!.toFixed(1);
  const memory = Math.round(totalmem() / 2 ** 30);
  return `Measured ${now.toISOString().slice(0, 10)} on ${cpus().length} × ${cpu?.model.trim() ?? arch()}, ${memory} GiB, ${platform()}, Node.js ${process.versions.node}; load average ${load}.`;
}
