import type { Actor } from '../auth/actor.js';
import { chatError } from '../errors.js';
import type { CreateUploadsInput, ImageUpload } from './image.js';
import { createImageKey } from './image-keys.js';
import type { ImageRoom } from './image-room.js';
import { insertImages } from './insert-images.js';
import { acceptedContentTypes } from './processing/image-type.js';

/** An upload that has not begun to be swept while its link still works. */
const linkMarginMs = 3_600_000;

/**
 * Keys for images that the client uploads itself, and where to. The row comes first, so that whatever is uploaded is
 * known to the sweep.
 */
export async function createUploads(room: ImageRoom, actor: Actor, input: CreateUploadsInput): Promise<ImageUpload[]> {
  requireAllowed(room, input);
  await requireRoom(room, actor, input.images.length);
  const uploads = await Promise.all(
    input.images.map(async ({ contentType, bytes }) => {
      const key = createImageKey();
      return { contentType, bytes, key, target: await room.store.signUpload(key, { contentType, bytes }) };
    }),
  );
  const expiresAtMs = Date.now() + room.config.unsentTtlSeconds * 1_000;
  const images = uploads.map(({ key, contentType, bytes, target }) => {
    const uploadExpiresAt = new Date(target.expiresAt);
    const expiresAt = new Date(Math.max(expiresAtMs, uploadExpiresAt.getTime() + linkMarginMs));
    return { key, contentType, bytes, uploadExpiresAt, expiresAt };
  });
  await insertImages(room, actor, input.chatId, images);
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

/** Each upload takes a place at the store for a day: nobody takes all of it. */
async function requireRoom({ database, statements, config }: ImageRoom, actor: Actor, count: number): Promise<void> {
  const { maxUnsentPerPerson } = config;
  const [row] = await database.query(statements.countUnsent, [actor.type, actor.id]);
  if (row === undefined || row.unsent + count <= maxUnsentPerPerson) return;
  const waitMs = row.first_expires_at === null ? 0 : Date.parse(row.first_expires_at) - Date.now();
  throw chatError('rate_limited', {
    details: { maxUnsentPerPerson },
    retryAfterSeconds: Math.max(1, Math.ceil(waitMs / 1_000)),
  });
}
