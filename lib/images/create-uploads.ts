import type { Actor } from '../auth/actor.js';
import { withDatabaseErrors } from '../database/database-errors.js';
import { chatError } from '../errors.js';
import type { CreateUploadsInput, ImageUpload } from './image.js';
import { createImageKey } from './image-keys.js';
import type { ImageRoom } from './image-room.js';
import { acceptedContentTypes } from './processing/image-type.js';

/** An upload that has not begun to be swept while its link still works. */
const linkMarginMs = 3_600_000;

/**
 * Keys for images that the client uploads itself, and where to. The row comes first, so that whatever is uploaded is
 * known to the sweep.
 */
export async function createUploads(room: ImageRoom, actor: Actor, input: CreateUploadsInput): Promise<ImageUpload[]> {
  requireAllowed(room, input);
  const uploads = await Promise.all(
    input.images.map(async ({ contentType, bytes }) => {
      const key = createImageKey();
      return { contentType, bytes, key, target: await room.store.signUpload(key, { contentType, bytes }) };
    }),
  );
  const expiresAtMs = Date.now() + room.config.unsentTtlSeconds * 1_000;
  const rows = uploads.map(({ key, contentType, bytes, target }) => {
    const uploadExpiresAt = new Date(target.expiresAt);
    return {
      key,
      chatId: input.chatId,
      uploaderType: actor.type,
      uploaderId: actor.id,
      contentType,
      bytes,
      objectKey: null,
      width: null,
      height: null,
      placeholder: null,
      uploadExpiresAt,
      expiresAt: new Date(Math.max(expiresAtMs, uploadExpiresAt.getTime() + linkMarginMs)),
    };
  });
  await withDatabaseErrors(() => room.model.bulkCreate(rows));
  return uploads.map(({ key, target }) => ({ key, ...target }));
}

function requireAllowed({ config }: ImageRoom, { images }: CreateUploadsInput): void {
  const { maxPerMessage, maxBytes } = config;
  if (images.length > maxPerMessage) throw chatError('too_many_images', { details: { maxPerMessage } });
  images.forEach(({ contentType, bytes }, index) => {
    if (bytes > maxBytes) throw chatError('image_too_large', { details: { index, maxBytes } });
    if (acceptedContentTypes.has(contentType)) return;
    throw chatError('unsupported_image_type', { details: { index, accepted: [...acceptedContentTypes] } });
  });
}
