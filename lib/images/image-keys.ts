import { randomBytes } from 'node:crypto';

/**
 * A new key: what an image is called until it is sent, and where its raw upload lies. 128 random bits: nobody guesses
 * one. A life-cycle rule of the bucket may expire `uploads/` on its own as well; a few days are plenty.
 */
export function createImageKey(): string {
  return `uploads/${randomBytes(16).toString('hex')}`;
}

/** Whether a text from outside can be a key at all. URLs, paths and everything else that is none are told by this. */
export function isImageKey(text: string): boolean {
  return /^uploads\/[0-9a-f]{32}$/.test(text);
}

/**
 * Where the processed picture of an upload lies. The digest of the bytes is in it: a client that writes its upload
 * again while it is being processed cannot put another picture in the place of the first.
 */
export function objectKeyOf(key: string, digest: string): string {
  return `images/${key.slice('uploads/'.length)}-${digest.slice(0, 16)}`;
}

export function thumbnailKeyOf(objectKey: string): string {
  return `${objectKey}-thumbnail`;
}
