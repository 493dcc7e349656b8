import { randomBytes } from 'node:crypto';
import { mkdir, open, readdir, rename, rm, stat, type FileHandle } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { addAbortSignal, type Readable } from 'node:stream';
import type { StoredObject } from '../../image-store.js';
import { decodeHeader, encodeHeader, headerBytes } from './disk-header.js';
import { withStoreErrors } from './disk-errors.js';

export interface DiskObjects {
  /** Makes the folders. */
  prepare(): Promise<void>;
  /** Clears away what a process that was killed left half-written. */
  removeAbandoned(): Promise<void>;
  /**
   * Writes an object whole or not at all, and on disk before it resolves.
   * @throws WrongSizeError when the body is not of the size that was said; whatever the body itself fails with.
   */
  write(key: string, body: Buffer | Readable, object: StoredObject, signal?: AbortSignal): Promise<void>;
  head(key: string): Promise<StoredObject | null>;
  read(key: string, signal?: AbortSignal): Promise<(StoredObject & { body: Readable }) | null>;
  remove(key: string): Promise<void>;
}

/** A body that is not of the size that was said. */
export class WrongSizeError extends Error {
  override readonly name = 'WrongSizeError';
  readonly tooLarge: boolean;

  constructor(tooLarge: boolean) {
    super(`the body has ${tooLarge ? 'more' : 'fewer'} bytes than were said`);
    this.tooLarge = tooLarge;
  }
}

/** A draft older than this belongs to no living write. */
const abandonedAfterMs = 3_600_000;

/** Objects as files below a folder, each with its type in a header: one rename makes both there. */
export function openDiskObjects(dir: string): DiskObjects {
  const objects = join(dir, 'objects');
  const drafts = join(dir, 'drafts');
  const pathOf = (key: string): string => join(objects, key);

  async function prepare(): Promise<void> {
    await mkdir(objects, { recursive: true, mode: 0o700 });
    await mkdir(drafts, { recursive: true, mode: 0o700 });
  }

  async function removeAbandoned(): Promise<void> {
    for (const name of await readdir(drafts)) {
      const draft = join(drafts, name);
      const changedAtMs = (await stat(draft).catch(() => null))?.mtimeMs ?? Infinity;
      if (changedAtMs < Date.now() - abandonedAfterMs) await rm(draft, { force: true });
    }
  }

  async function write(
    key: string,
    body: Buffer | Readable,
    object: StoredObject,
    signal?: AbortSignal,
  ): Promise<void> {
    signal?.throwIfAborted();
    const draft = join(drafts, randomBytes(16).toString('hex'));
    const handle = await withStoreErrors(async () => {
      await mkdir(drafts, { recursive: true, mode: 0o700 });
      return open(draft, 'wx', 0o600);
    });
    try {
      await fill(handle, body, object, signal).finally(() => handle.close());
      await withStoreErrors(() => publish(draft, pathOf(key)));
    } catch (error) {
      await rm(draft, { force: true }).catch(() => undefined); // what failed is what is told
      throw error;
    }
  }

  return {
    prepare: () => withStoreErrors(prepare),
    removeAbandoned: () => withStoreErrors(removeAbandoned),
    write,
    async head(key) {
      const found = await openObject(pathOf(key));
      await found?.handle.close();
      return found && { bytes: found.bytes, contentType: found.contentType };
    },
    async read(key, signal) {
      const found = await openObject(pathOf(key));
      if (found === null) return null;
      // The stream closes the file, at its end or when it is destroyed.
      const body = found.handle.createReadStream({ start: headerBytes });
      // It may fail before anybody reads it, and an error that nobody listens to would end the process. Who reads it is told.
      body.on('error', () => undefined);
      if (signal !== undefined) addAbortSignal(signal, body);
      return { bytes: found.bytes, contentType: found.contentType, body };
    },
    remove: (key) => withStoreErrors(() => rm(pathOf(key), { force: true })),
  };
}

async function fill(
  handle: FileHandle,
  body: Buffer | Readable,
  object: StoredObject,
  signal?: AbortSignal,
): Promise<void> {
  await withStoreErrors(() => handle.write(encodeHeader(object.contentType)));
  let bytes = 0;
  for await (const chunk of chunksOf(body)) {
    signal?.throwIfAborted();
    bytes += chunk.length;
    if (bytes > object.bytes) throw new WrongSizeError(true);
    await withStoreErrors(() => writeAll(handle, chunk));
  }
  if (bytes < object.bytes) throw new WrongSizeError(false);
  await withStoreErrors(() => handle.sync());
}

/** A body that is refused midway is left open: it may be a request that still has to be answered. */
function chunksOf(body: Buffer | Readable): Iterable<Buffer> | AsyncIterable<Buffer> {
  return Buffer.isBuffer(body) ? [body] : (body.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>);
}

async function writeAll(handle: FileHandle, chunk: Buffer): Promise<void> {
  for (let written = 0; written < chunk.length;) {
    const { bytesWritten } = await handle.write(chunk, written);
    written += bytesWritten;
  }
}

async function publish(draft: string, path: string): Promise<void> {
  const folder = dirname(path);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await rename(draft, path);
  // A rename is on disk once its folder is; Windows has no such thing as syncing a folder.
  if (process.platform === 'win32') return;
  const handle = await open(folder, 'r');
  await handle.sync().finally(() => handle.close());
}

async function openObject(path: string): Promise<(StoredObject & { handle: FileHandle }) | null> {
  return withStoreErrors(async () => {
    const handle = await open(path, 'r').catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return null;
      throw error;
    });
    if (handle === null) return null;
    try {
      const { size } = await handle.stat();
      const { buffer } = await handle.read(Buffer.alloc(headerBytes), 0, headerBytes, 0);
      return { handle, contentType: decodeHeader(buffer), bytes: size - headerBytes };
    } catch (error) {
      await handle.close();
      throw error;
    }
  });
}
