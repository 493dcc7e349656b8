import type { MessageImage, StoredImage } from './image.js';
import { thumbnailKeyOf } from './image-keys.js';
import type { ImageStore } from './image-store.js';

/** Signs all images of a page. Nearly always from the store's memory. */
export function signUrls(store: ImageStore, images: readonly StoredImage[]): Promise<MessageImage[]> {
  return Promise.all(images.map((image) => signImage(store, image)));
}

async function signImage(store: ImageStore, image: StoredImage): Promise<MessageImage> {
  const { id, objectKey, width, height, contentType, bytes, placeholder } = image;
  // Together: a message's are signed inside its transaction.
  const [url, thumbnailUrl] = await Promise.all([
    store.signGetUrl(objectKey, contentType),
    store.signGetUrl(thumbnailKeyOf(objectKey), contentType),
  ]);
  return { id, url, thumbnailUrl, width, height, contentType, bytes, placeholder };
}
