import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { chatError } from './errors.js';

const prefix = 'koa-chat-images-';
/** No request takes as long: what is older was left by a process that was killed. */
const abandonedAfterMs = 24 * 3_600_000;

/**
 * Makes a folder, for its owner alone, for the files of one request; removes it whatever becomes of the work.
 * @throws ChatError `image_store_unavailable` when there is no room, for the folder or for what the work puts there.
 */
export async function withTempFolder<T>(tempDir: string, work: (folder: string) => Promise<T>): Promise<T> {
  try {
    const folder = await mkdtemp(join(tempDir, prefix));
    try {
      return await work(folder);
    } finally {
      // What is left for once is removed with the abandoned ones; the work is done all the same.
      await rm(folder, { recursive: true, force: true, maxRetries: 3 }).catch(() => undefined);
    }
  } catch (error) {
    throw isFull(error) ? chatError('image_store_unavailable', { cause: new Error(fullFolder) }) : error;
  }
}

/** Without the path that the system's own message ends with. */
const fullFolder = 'the folder for temporary files is full';

/** Whether a file could not be made or written for want of room. */
export function isFull(error: unknown): boolean {
  const { code } = (error ?? {}) as { code?: unknown };
  return code === 'ENOSPC' || code === 'EDQUOT';
}

/** Removes folders that killed processes left. Never rejects: it is a courtesy. */
export async function removeAbandonedFolders(tempDir: string): Promise<void> {
  const names = await readdir(tempDir).catch(() => []);
  for (const name of names.filter((name) => name.startsWith(prefix))) {
    const folder = join(tempDir, name);
    const changedAtMs = (await stat(folder).catch(() => null))?.mtimeMs ?? Infinity;
    if (changedAtMs > Date.now() - abandonedAfterMs) continue;
    await rm(folder, { recursive: true, force: true }).catch(() => undefined);
  }
}
