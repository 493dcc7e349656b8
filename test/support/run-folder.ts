import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stopOrphan } from '../../host-example/embedded-postgres/orphan.js';
import { isRunning } from '../../host-example/embedded-postgres/process-table.js';

const prefix = 'koa-chat-test-';

let folder: Promise<string> | undefined;
let made = 0;

/** A new empty folder of this run's own. It goes with the run: nobody needs to remove it. */
export async function makeFolder(name: string): Promise<string> {
  folder ??= mkdtemp(join(tmpdir(), `${prefix}${process.pid}-`));
  made += 1;
  const path = join(await folder, `${name}-${made}`);
  await mkdir(path);
  return path;
}

export async function removeRunFolder(): Promise<void> {
  if (folder !== undefined) await rm(await folder, { recursive: true, force: true });
  folder = undefined;
}

/** Clears away what runs that were killed left in the temp folder, their database servers too. */
export async function sweepDeadRuns(): Promise<void> {
  for (const name of await readdir(tmpdir())) {
    const pid = new RegExp(`^${prefix}(\\d+)-`).exec(name)?.[1];
    if (pid === undefined || (await isRunning(Number(pid)))) continue;
    const dead = join(tmpdir(), name);
    // Somebody else's is theirs to clear away.
    const parts = await readdir(dead).catch(() => []);
    for (const part of parts) await stopOrphan(join(dead, part)).catch(() => undefined);
    await rm(dead, { recursive: true, force: true }).catch(() => undefined);
  }
}
