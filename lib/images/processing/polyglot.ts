import type { FileHandle } from 'node:fs/promises';

/** Where readers of PDF and sniffers of HTML look for their signatures. */
const documentHeadBytes = 1_024;

/** The end of a ZIP's directory, without its comment. */
const directoryEndBytes = 22;
/** Where it begins at the earliest: the comment has 65,535 bytes at most (APPNOTE.TXT 4.3.16). */
const archiveTailBytes = directoryEndBytes + 65_535;

const markup = /<(!doctype|html|head|body|script|svg|iframe|\?php)[\s>]/i;

/**
 * Whether a file with a picture's signature is a document or an archive too: to a reader that does not begin at the
 * first byte, or does not stop at the picture's end. Nothing of the file but its pixels is kept in any case. What real
 * phones append (another JPEG, a short film) is no harm and passes.
 */
export async function isPolyglot(file: FileHandle, size: number): Promise<boolean> {
  const beginning = (await bytesAt(file, 0, documentHeadBytes)).toString('latin1');
  return beginning.includes('%PDF-') || markup.test(beginning) || (await endsAsArchive(file, size));
}

const directoryEnd = Buffer.from('PK\x05\x06', 'latin1');
const directoryEntry = Buffer.from('PK\x01\x02', 'latin1');
/** Before the end of a directory that is too large for its numbers (4.3.15). */
const zip64Locator = Buffer.from('PK\x06\x07', 'latin1');
const zip64LocatorBytes = 20;

/** Four bytes occur by chance in a large picture; the directory that they point to does not. */
async function endsAsArchive(file: FileHandle, size: number): Promise<boolean> {
  const from = Math.max(0, size - archiveTailBytes);
  const tail = await bytesAt(file, from, archiveTailBytes);
  let at = tail.indexOf(directoryEnd);
  for (; at >= 0 && at + directoryEndBytes <= tail.length; at = tail.indexOf(directoryEnd, at + 1)) {
    if (at >= zip64LocatorBytes && tail.subarray(at - zip64LocatorBytes).indexOf(zip64Locator) === 0) return true;
    // Some readers go by the directory's size, and some by its place, which counts from the archive's begin or the file's.
    const [bytes, place] = [tail.readUInt32LE(at + 12), tail.readUInt32LE(at + 16)];
    for (const directory of [from + at - bytes, place]) {
      if (directory >= 0 && (await bytesAt(file, directory, 4)).equals(directoryEntry)) return true;
    }
  }
  return false;
}

/** Fewer where the file ends. */
async function bytesAt(file: FileHandle, position: number, length: number): Promise<Buffer> {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, position);
  return buffer.subarray(0, bytesRead);
}
