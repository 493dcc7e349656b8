import { readdirSync, readFileSync } from 'node:fs';

/** Linux alone tells all this in files. */
export const hasProc = process.platform === 'linux';

/** The ids of the processes for images that this one has started. */
export function workerPids(): number[] {
  const children = readFileSync(`/proc/${process.pid}/task/${process.pid}/children`, 'utf8');
  return children.split(' ').filter(isWorker).map(Number);
}

function isWorker(pid: string): boolean {
  if (pid === '') return false;
  try {
    return /processing\/worker\.[jt]s/.test(readFileSync(`/proc/${pid}/cmdline`, 'utf8'));
  } catch {
    return false; // it has ended
  }
}

/** The scheduling class (5 is idle) and the niceness of each thread of a process (proc_pid_stat(5)). */
export function schedulingOf(pid: number): { policy: number; nice: number }[] {
  return readdirSync(`/proc/${pid}/task`).map((thread) => {
    const stat = readFileSync(`/proc/${pid}/task/${thread}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return { policy: Number(fields[38]), nice: Number(fields[16]) };
  });
}

/** Ends every process for images, as a system without memory does, until the work is over. */
export async function killWorkersUntil(work: Promise<unknown>): Promise<void> {
  let isOver = false;
  const over = work.finally(() => (isOver = true)).catch(() => undefined);
  while (!isOver) {
    for (const pid of workerPids()) process.kill(pid, 'SIGKILL');
    await new Promise((resolve) => setImmediate(resolve));
  }
  await over;
}
