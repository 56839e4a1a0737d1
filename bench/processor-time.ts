import { existsSync, readFileSync, readdirSync } from 'node:fs';

/** Processor times as Linux shows them; elsewhere 0. */

/** Milliseconds of one tick. */
const TICK = 10;

/** Returns the fields of a process after its name (proc_pid_stat(5)), of which the first is its state. */
function statOf(pid: number): string[] {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return text.slice(text.lastIndexOf(')') + 2).split(' ');
  } catch {
    return [];
  }
}

const parentOf = (stat: readonly string[]): number => Number(stat[1]);

/** Returns the process that started a process. */
export const parentOfProcess = (pid: number): number => parentOf(statOf(pid));

/** Sums utime, stime, and those of ended children: fields 14 to 17. */
const timeIn = (stat: readonly string[]): number =>
  stat.slice(11, 15).reduce((sum, ticks) => sum + Number(ticks) * TICK, 0);

/** Returns the processor time of a process and of its children that have ended, ms. */
const processorTime = (pid: number): number => timeIn(statOf(pid));

/** Returns the processes that a process has started and that still run. */
export function childrenOf(parent: number): number[] {
  if (!existsSync('/proc')) return [];
  return readdirSync('/proc')
    .filter((name) => /^[0-9]+$/.test(name))
    .map(Number)
    .filter((pid) => parentOfProcess(pid) === parent);
}

/** Returns the processor time of a process and of all that it has started, such as a postmaster and its backends, ms. */
export const familyTime = (parent: number): number =>
  childrenOf(parent).reduce((sum, pid) => sum + processorTime(pid), processorTime(parent));
