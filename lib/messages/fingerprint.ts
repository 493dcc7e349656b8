import { createHash } from 'node:crypto';

/**
 * What a client asked for under its `clientMessageId`, digested: the text and, in order, the images (their keys, or the
 * digests of bytes that came with the request). Equal for a retry, different for another message.
 */
export function fingerprintOf(content: string, images: readonly string[]): Buffer {
  const hash = createHash('sha256').update(content);
  // Lengths keep "text + image" apart from a longer text.
  hash.update(`\0${content.length}\0${images.length}`);
  for (const image of images) hash.update(`\0${image}`);
  return hash.digest().subarray(0, 16);
}
