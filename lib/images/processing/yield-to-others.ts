import { execFile } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { constants, setPriority } from 'node:os';
import { promisify } from 'node:util';

const run = promisify(execFile);
const longestMs = 2_000;

/**
 * Leaves the processor to whoever else wants it: the host, its database. On Linux that takes more than a low priority, for a
 * process that runs is not put off at once for one that wakes up, unless it is of the idle class (sched(7), SCHED_IDLE).
 * Node cannot ask for that; the program `chrt` can, of util-linux or of BusyBox, where it is installed. Under constant load
 * such a process gets next to nothing: whoever waits for it must have an end.
 *
 * Linux keeps both for each thread, and a new thread has them from the one that makes it. Never rejects: where it is
 * forbidden or missing, pictures and messages share the processor more evenly.
 */
export async function yieldToOthers(): Promise<void> {
  for (const thread of threads()) {
    try {
      setPriority(thread, constants.priority.PRIORITY_LOW);
    } catch {
      // Forbidden, or it has ended meanwhile.
    }
  }
  if (process.platform !== 'linux') return;
  const options = { timeout: longestMs };
  try {
    await run('chrt', ['-a', '-i', '-p', '0', String(process.pid)], options).catch(async (error: unknown) => {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') throw error;
      // BusyBox has no word for all threads.
      await Promise.all(threads().map((thread) => run('chrt', ['-i', '-p', '0', String(thread)], options)));
    });
  } catch {
    // As above.
  }
}

function threads(): number[] {
  try {
    return readdirSync('/proc/self/task').map(Number);
  } catch {
    return [process.pid];
  }
}
