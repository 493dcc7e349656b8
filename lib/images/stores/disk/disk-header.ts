/** Where the object's bytes begin. */
export const headerBytes = 128;

/**
 * What stands before an object's bytes: its type, on one line of fixed length. As a part of the file it can neither be
 * missing nor be another object's, and nothing that a client sent lies on the disk as a file that something could open.
 */
export function encodeHeader(contentType: string): Buffer {
  const line = `koa-chat image 1 ${contentType}`;
  if (!/^[ -~]+$/.test(line) || line.length >= headerBytes)
    throw new TypeError('the type of an image object is malformed');
  return Buffer.from(`${line.padEnd(headerBytes - 1)}\n`);
}

export function decodeHeader(header: Buffer): string {
  const contentType = /^koa-chat image 1 (\S+) *\n$/.exec(header.toString('latin1'))?.[1];
  if (contentType === undefined) throw new Error('an object in the image folder is damaged');
  return contentType;
}
