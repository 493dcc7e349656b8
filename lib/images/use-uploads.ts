import { createHash } from 'node:crypto';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import type { Actor } from '../auth/actor.js';
import { ChatError, chatError } from '../errors.js';
import { allOrNone } from './all-or-none.js';
import { giveUp } from './give-up.js';
import { isImageKey, objectKeyOf, thumbnailKeyOf } from './image-keys.js';
import type { ImageRoom } from './image-room.js';
import { renderFile, storePicture, type Picture } from './picture.js';
import { withTempFolder } from '../temp-folders.js';

/**
 * Makes sure that each key is the actor's in this chat, and makes pictures of those that are raw uploads still. Whatever
 * is wrong with a key, the answer is the same: it tells nobody what exists.
 *
 * A key that was sent already passes here: the message's own transaction finds out, which also knows whether this is
 * the retry of the message that has it.
 */
export async function useUploads(
  room: ImageRoom,
  actor: Actor,
  chatId: number,
  keys: readonly string[],
  signal?: AbortSignal,
): Promise<void> {
  const { maxPerMessage, tempDir } = room.config;
  if (keys.length > maxPerMessage) throw chatError('too_many_images', { details: { maxPerMessage } });
  if (!keys.every(isImageKey) || new Set(keys).size < keys.length) throw chatError('image_key_invalid');
  const own = await room.database.query(room.statements.findOwn, [keys, chatId, actor.type, actor.id]);
  if (own.length < keys.length) throw chatError('image_key_invalid');

  const raw = own.filter(({ ready }) => !ready).sort((a, b) => keys.indexOf(a.key) - keys.indexOf(b.key));
  if (raw.length === 0) return;
  await allOrNone(raw, (upload) => requireUploaded(room, upload), signal);
  await withTempFolder(tempDir, (folder) =>
    allOrNone(raw, ({ key, bytes }, _, stop) => makePicture(room, key, bytes, keys.indexOf(key), folder, stop), signal),
  );
}

interface RawUpload {
  readonly key: string;
  readonly content_type: string;
  readonly bytes: number;
}

async function requireUploaded({ store }: ImageRoom, { key, content_type, bytes }: RawUpload): Promise<void> {
  const found = await store.head(key);
  if (found?.bytes !== bytes || found.contentType !== content_type) throw chatError('image_key_invalid');
}

async function makePicture(
  room: ImageRoom,
  key: string,
  bytes: number,
  index: number,
  folder: string,
  signal: AbortSignal,
): Promise<void> {
  const path = join(folder, `upload-${index}`);
  const body = await room.store.get(key, signal);
  // Gone since: another request has made its picture, or the sweep has taken it.
  if (body === null) return requireReady(room, key);
  const digest = await spool(body, path, bytes, signal);
  let picture: Picture;
  try {
    picture = await renderFile(room, { source: { path } }, index, folder, signal);
  } catch (error) {
    // It would be refused each time, and nobody wants it kept.
    if (error instanceof ChatError && error.status < 429) await giveUp(room, [key]);
    throw error;
  }
  await keep(room, key, objectKeyOf(key, digest), picture, signal);
}

/** A body of exactly so many bytes into a file. Returns its SHA-256 in hex. */
async function spool(body: Readable, path: string, bytes: number, signal: AbortSignal): Promise<string> {
  const hash = createHash('sha256');
  let received = 0;
  const handle = await open(path, 'wx', 0o600).catch((error: unknown) => {
    body.destroy();
    throw error;
  });
  try {
    for await (const chunk of body as AsyncIterable<Buffer>) {
      signal.throwIfAborted();
      received += chunk.length;
      // Written anew by its client since it was looked at.
      if (received > bytes) throw chatError('image_key_invalid');
      hash.update(chunk);
      await handle.appendFile(chunk);
    }
  } catch (error) {
    signal.throwIfAborted();
    throw error instanceof ChatError ? error : chatError('image_store_unavailable', { cause: error });
  } finally {
    await handle.close();
  }
  if (received < bytes) throw chatError('image_key_invalid');
  return hash.digest('hex');
}

/** The place is written down, then the objects are stored, then the image can be sent; the raw upload goes. */
async function keep(
  room: ImageRoom,
  key: string,
  objectKey: string,
  picture: Picture,
  signal: AbortSignal,
): Promise<void> {
  const { database, statements, store } = room;
  const reserved = await database.query(statements.reserve, [key, objectKey]);
  if (reserved.length === 0) return requireReady(room, key);
  await storePicture(room, objectKey, picture, signal);
  const { contentType, bytes, width, height, placeholder } = picture;
  const values = [key, objectKey, contentType, bytes, width, height, placeholder];
  const finished = await database.query(statements.finish, values);
  // Sent meanwhile, by a twin of this request that stored the same: or given up, and the objects have come too late. Not to
  // know which of them is no reason to remove what may be a message's.
  if (finished.length === 0 && !(await isReady(room, key))) {
    await store.delete([objectKey, thumbnailKeyOf(objectKey)]);
    throw chatError('image_key_invalid');
  }
  // Its metadata should not lie about. The sweep removes it again when its link has run out.
  await store.delete([key]).catch((err: unknown) => room.logger.warn({ err }, 'a raw upload is left to the sweep'));
}

async function requireReady(room: ImageRoom, key: string): Promise<void> {
  if (!(await isReady(room, key))) throw chatError('image_key_invalid');
}

async function isReady({ database, statements }: ImageRoom, key: string): Promise<boolean> {
  return (await database.query(statements.findReady, [key])).length > 0;
}
