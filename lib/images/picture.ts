import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ImageConfig } from '../config/config.js';
import { ChatError, chatError } from '../errors.js';
import { allOrNone } from './all-or-none.js';
import type { ReceivedFile } from './image.js';
import { thumbnailKeyOf } from './image-keys.js';
import type { ImageRoom } from './image-room.js';
import type { RenderedImage, RenderLimits } from './processing/worker-protocol.js';

/** A picture that can be shown, in files of a temporary folder. */
export interface Picture extends RenderedImage {
  readonly output: string;
  readonly thumbnail: string;
}

/**
 * Renders a received file.
 * @throws ChatError as the processor; `index` is told along, so that a client knows which of its images is meant.
 */
export async function renderFile(
  { processor, config }: ImageRoom,
  file: Pick<ReceivedFile, 'source'>,
  index: number,
  folder: string,
  signal?: AbortSignal,
): Promise<Picture> {
  const output = join(folder, `picture-${index}`);
  const thumbnail = join(folder, `thumbnail-${index}`);
  try {
    const input = await pathOf(file, join(folder, `file-${index}`));
    const task = { input, output, thumbnail, limits: limitsOf(config) };
    return { ...(await processor.render(task, signal)), output, thumbnail };
  } catch (error) {
    if (!(error instanceof ChatError) || error.status >= 429) throw error;
    throw chatError(error.code, { details: { index, ...error.details }, cause: error.cause });
  }
}

/** Nothing else of the configuration goes to the other process: a store may hold secrets, and what no message can carry. */
function limitsOf({ maxSidePx, thumbnailPx, maxPixels, maxFrames, animations }: ImageConfig): RenderLimits {
  return { maxSidePx, thumbnailPx, maxPixels, maxFrames, animations };
}

/** The other process reads files. */
async function pathOf({ source }: Pick<ReceivedFile, 'source'>, path: string): Promise<string> {
  if ('path' in source) return source.path;
  await writeFile(path, source.buffer, { mode: 0o600 });
  return path;
}

/**
 * Stores a picture and its thumbnail, both or an error. At once, so that a disk writes both in one go. Read whole, a few
 * megabytes at most: so a store can try again.
 */
export async function storePicture(
  { store }: ImageRoom,
  objectKey: string,
  { output, thumbnail, contentType, bytes, thumbnailBytes }: Picture,
  signal?: AbortSignal,
): Promise<void> {
  const objects = [
    { key: objectKey, file: output, bytes },
    { key: thumbnailKeyOf(objectKey), file: thumbnail, bytes: thumbnailBytes },
  ];
  await allOrNone(
    objects,
    async ({ key, file, bytes }, _, stop) => store.put(key, await readFile(file), { bytes, contentType }, stop),
    signal,
  );
}
