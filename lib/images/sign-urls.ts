import type { MessageImage, StoredImage } from './image.js';
import { thumbnailKeyOf } from './image-keys.js';
import type { ImageStore } from './image-store.js';

/** Signs all images of a page. Nearly always from the store's memory. */
export function signUrls(store: ImageStore, images: readonly StoredImage[]): Promise<MessageImage[]> {
  return Promise.all(images.map((image) => signImage(store, image)));
}

async function signImage(store: ImageStore, image: StoredImage): Promise<MessageImage> {
  const { id, objectKey, width, height, contentType, bytes, placeholder } = image;
  const url = await store.signGetUrl(objectKey, contentType);
  const thumbnailUrl = await store.signGetUrl(thumbnailKeyOf(objectKey), contentType);
  return { id, url, thumbnailUrl, width, height, contentType, bytes, placeholder };
}
