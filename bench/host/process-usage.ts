import { readFileSync } from 'node:fs';

/** Ticks of the kernel's clock in a second: fixed at 100 for every architecture Node.js runs on. */
const TICKS_PER_SECOND = 100;

export interface ProcessUsage {
  /** Processor time of all threads, milliseconds. */
  readonly cpuMs: number;
  /** That of its children that have ended, and of theirs. */
  readonly endedChildrenCpuMs: number;
  /** Resident memory, bytes. */
  readonly rss: number;
  /** The largest it ever was, bytes. */
  readonly peakRss: number;
}

/** What a process has used so far, as Linux tells it. @throws Error on another system, or when the process is gone */
export function usageOf(pid: number): ProcessUsage {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const kibibytes = (field: string) =>
    Number(new RegExp(`^${field}:\\s+(\\d+) kB`, 'm').exec(status)?.[1] ?? 0);
  return {
    cpuMs: cpuMsOf(pid, 11),
    endedChildrenCpuMs: cpuMsOf(pid, 13),
    rss: kibibytes('VmRSS') * 1024,
    peakRss: kibibytes('VmHWM') * 1024,
  };
}

/** Processor time of all children of this process that have ended, and of theirs, in milliseconds. */
export function endedChildrenCpuMs(): number {
  return cpuMsOf('self', 13);
}

/** User and system time stand beside each other in `stat`: a process's own at 11 and 12, its children's after. */
function cpuMsOf(pid: number | 'self', field: 11 | 13): number {
  // The name of the program, in parentheses, may hold spaces: the fields are counted from behind it.
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /s, '')
    .split(' ');
  return ((Number(fields[field]) + Number(fields[field + 1])) * 1000) / TICKS_PER_SECOND;
}
