import { readFileSync } from 'node:fs';

/** Linux counts in these, on every machine (USER_HZ). */
const msPerTick = 10;

/** The processor time that a process has had, in milliseconds; undefined where the system does not tell, or it is gone. */
export function cpuMsOf(pid: number | undefined): number | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    // Behind the name, which may hold anything: state is field 3, utime 14, stime 15 (proc_pid_stat(5)).
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const ticks = Number(fields[11]) + Number(fields[12]);
    return Number.isNaN(ticks) ? undefined : ticks * msPerTick;
  } catch {
    return undefined;
  }
}
