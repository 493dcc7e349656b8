import type { Actor } from '../auth/actor.js';
import { chatError } from '../errors.js';
import { allOrNone } from './all-or-none.js';
import { giveUp } from './give-up.js';
import type { ReceivedFile, StoredUploads } from './image.js';
import { createImageKey, objectKeyOf } from './image-keys.js';
import type { ImageRoom } from './image-room.js';
import { insertImages } from './insert-images.js';
import { renderFile, storePicture, type Picture } from './picture.js';
import { withTempFolder } from '../temp-folders.js';

/** Makes pictures of the files that came with a message, then stores them: all, or none. */
export async function storeUploads(
  room: ImageRoom,
  actor: Actor,
  chatId: number,
  files: readonly ReceivedFile[],
  signal?: AbortSignal,
): Promise<StoredUploads> {
  const { maxPerMessage, maxBytes, tempDir } = room.config;
  if (files.length > maxPerMessage) throw chatError('too_many_images', { details: { maxPerMessage } });
  const oversized = files.findIndex(({ bytes }) => bytes > maxBytes);
  if (oversized >= 0) throw chatError('image_too_large', { details: { index: oversized, maxBytes } });

  const keys = await withTempFolder(tempDir, async (folder) => {
    const uploads = await allOrNone(files, (file, i, stop) => prepare(room, file, i, folder, stop), signal);
    await insertRows(room, actor, chatId, uploads);
    try {
      await allOrNone(
        uploads,
        ({ objectKey, picture }, _, stop) => storePicture(room, objectKey, picture, stop),
        signal,
      );
    } catch (error) {
      // A call that was cut short may still come to its end at the store.
      await giveUp(room, keysOf(uploads), { mayStillArrive: true });
      throw error;
    }
    return keysOf(uploads);
  });
  return { keys, digests: files.map(({ digest }) => digest) };
}

interface Upload {
  readonly key: string;
  readonly objectKey: string;
  readonly picture: Picture;
}

async function prepare(
  room: ImageRoom,
  file: ReceivedFile,
  index: number,
  folder: string,
  signal: AbortSignal,
): Promise<Upload> {
  const picture = await renderFile(room, file, index, folder, signal);
  const key = createImageKey();
  return { key, objectKey: objectKeyOf(key, file.digest), picture };
}

const keysOf = (uploads: readonly Upload[]): string[] => uploads.map(({ key }) => key);

async function insertRows(room: ImageRoom, actor: Actor, chatId: number, uploads: readonly Upload[]): Promise<void> {
  const expiresAt = new Date(Date.now() + room.config.unsentTtlSeconds * 1_000);
  const images = uploads.map(({ key, objectKey, picture: { contentType, bytes, width, height, placeholder } }) => ({
    ...{ key, contentType, bytes, objectKey, expiresAt },
    // Complete at once, though nothing is stored yet: nobody can name the key before that is done.
    ...{ width, height, placeholder },
  }));
  await insertImages(room, actor, chatId, images);
}
