import { chatError } from '../errors.js';
import { createUploads } from './create-uploads.js';
import { giveUp } from './give-up.js';
import { guardStore } from './guarded-store.js';
import { defineImageModel } from './image-model.js';
import type { ImageRoom } from './image-room.js';
import { createImageStatements } from './image-statements.js';
import type { ImageStore } from './image-store.js';
import type { Images, ImagesDependencies } from './images.js';
import { createImageProcessor } from './processing/image-processor.js';
import { signUrls } from './sign-urls.js';
import { storeUploads } from './store-uploads.js';
import { createSweeper } from './sweeper.js';
import { removeAbandonedFolders } from '../temp-folders.js';
import { useUploads } from './use-uploads.js';

/** Opens the room; no I/O before `start`. */
export function createImages(dependencies: ImagesDependencies): Images {
  const { store } = dependencies.config;
  return store === undefined ? imagesWithoutStore : imagesIn(store, dependencies);
}

function imagesIn(
  given: ImageStore,
  { database, config, logger, requireMember, requireReader }: ImagesDependencies,
): Images {
  const store = guardStore(given, config.storeTimeoutMs);
  const statements = createImageStatements(database);
  const { processes, processingTimeoutMs: timeoutMs } = config;
  const processor = createImageProcessor({ processes, timeoutMs, logger });
  const model = defineImageModel(database);
  const room: ImageRoom = { database, statements, model, store, processor, config, logger };
  const sweeper = createSweeper(room);

  return {
    async createUploads(actor, input) {
      await requireMember(actor, input.chatId);
      return createUploads(room, actor, input);
    },
    storeUploads: (actor, chatId, files, signal) => forClient(signal, storeUploads(room, actor, chatId, files, signal)),
    discard: (keys) => giveUp(room, keys),
    checkUsable: (actor, chatId, keys, signal) => forClient(signal, useUploads(room, actor, chatId, keys, signal)),

    async attach(tx, { chatId, messageId, actor, keys }) {
      const { maxPerMessage } = config;
      if (keys.length > maxPerMessage) throw chatError('too_many_images', { details: { maxPerMessage } });
      const attached = await tx.query(statements.attach, [chatId, messageId, actor.type, actor.id, keys]);
      if (attached.length !== keys.length) throw chatError('image_key_invalid');
      return attached.sort((a, b) => a.position - b.position);
    },

    signUrls: (images) => signUrls(store, images),

    async urlOf(actor, chatId, imageId) {
      await requireReader(actor, chatId);
      const [image] = await database.query(statements.findSent, [chatId, imageId]);
      if (image === undefined) throw chatError('image_not_found');
      return store.signGetUrl(image.objectKey, image.contentType);
    },

    async start() {
      await store.start?.();
      await removeAbandonedFolders(config.tempDir);
      sweeper.start();
    },
    async close() {
      await Promise.all([sweeper.stop(), processor.close()]);
      await store.close?.();
    },
  };
}

/** Work that ended because its client went away is no failure of the service. */
async function forClient<T>(signal: AbortSignal | undefined, work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    throw signal?.aborted ? chatError('invalid_request', { cause: error }) : error;
  }
}

const uploadsRefused = (): Promise<never> =>
  Promise.reject(chatError('unsupported_content_type', { details: { problem: 'this service takes no images' } }));
const keyInvalid = (): Promise<never> => Promise.reject(chatError('image_key_invalid'));

/** Without a store messages are text; those that have images from another time are read without them. */
const imagesWithoutStore: Images = {
  createUploads: uploadsRefused,
  storeUploads: uploadsRefused,
  discard: () => Promise.resolve(),
  checkUsable: keyInvalid,
  attach: keyInvalid,
  signUrls: () => Promise.resolve([]),
  urlOf: () => Promise.reject(chatError('image_not_found')),
  start: () => Promise.resolve(),
  close: () => Promise.resolve(),
};
