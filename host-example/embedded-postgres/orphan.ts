import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { inspectProcess, isRunning } from './process-table.js';
import type { RunningProcess } from './process-table.js';

/**
 * What marks a server as ours on its own command line, where nothing can go stale: settings that PostgreSQL ignores, for
 * their prefix is no extension's.
 */
export function ownershipSettings(dataDir: string): string[] {
  return ['-c', `koa_chat.owner=${process.pid}`, '-c', `koa_chat.data_dir=${dataDir}`];
}

/**
 * Stops a server that a killed process left running on this folder. It is killed only when its command line says that it
 * is this folder's server; when the process that started it still lives, this one has no business here and rejects.
 */
export async function stopOrphan(dataDir: string): Promise<void> {
  const pidFile = join(dataDir, 'cluster', 'postmaster.pid');
  const pid = Number((await readFile(pidFile, 'utf8').catch(() => '')).split('\n')[0]);
  if (!Number.isInteger(pid) || pid <= 1) return;

  const server = await inspectProcess(pid);
  if (server?.commandLine.includes(`koa_chat.data_dir=${dataDir}`)) {
    const owner = Number(/koa_chat\.owner=(\d+)/.exec(server.commandLine)?.[1]);
    if (await isOwned(server, owner)) {
      throw new Error(`embedded PostgreSQL: process ${owner} is already using ${dataDir}`);
    }
    await stopAndWait(pid);
  } else if (!server?.commandLine.includes('postgres')) {
    // Its number has gone to another program, for which PostgreSQL would take it and refuse to start.
    await rm(pidFile, { force: true });
  }
}

/** An orphan gets another parent; on Windows it keeps the number of the dead one. */
async function isOwned(server: RunningProcess, owner: number): Promise<boolean> {
  return server.parent === owner && (await isRunning(owner));
}

/** First the fast shutdown, which loses nothing; then the immediate one, which the next start recovers from. */
async function stopAndWait(pid: number): Promise<void> {
  for (const [signal, seconds] of [
    ['SIGINT', 20],
    ['SIGQUIT', 5],
  ] as const) {
    process.kill(pid, signal);
    for (let waitedMs = 0; waitedMs < seconds * 1000; waitedMs += 50) {
      if (!(await isRunning(pid))) return;
      await delay(50);
    }
  }
  throw new Error(`embedded PostgreSQL: the server of an earlier run (process ${pid}) does not stop`);
}
