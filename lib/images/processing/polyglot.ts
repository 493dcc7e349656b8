/** Where readers of PDF and sniffers of HTML look for their signatures. */
export const documentHeadBytes = 1_024;

/** Where a ZIP's directory ends at the latest: its 22 bytes and the longest comment (APPNOTE.TXT 4.3.16). */
export const archiveTailBytes = 22 + 65_535;

const markup = /<(!doctype|html|head|body|script|svg|iframe|\?php)[\s>]/i;

/**
 * Whether a file with a picture's signature is a document or an archive too: to a reader that does not begin at the
 * first byte, or does not stop at the picture's end. Nothing of the file but its pixels is kept in any case. What real
 * phones append (another JPEG, a short film) is no harm and passes.
 */
export function isPolyglot(head: Buffer, tail: Buffer): boolean {
  const beginning = head.subarray(0, documentHeadBytes).toString('latin1');
  return beginning.includes('%PDF-') || markup.test(beginning) || endsAsArchive(tail);
}

const directoryEnd = Buffer.from('PK\x05\x06', 'latin1');
const directoryEntry = Buffer.from('PK\x01\x02', 'latin1');

/** Four bytes occur by chance in a large picture; the directory that they point back to does not. */
function endsAsArchive(tail: Buffer): boolean {
  for (let at = tail.lastIndexOf(directoryEnd); at >= 0; at = at === 0 ? -1 : tail.lastIndexOf(directoryEnd, at - 1)) {
    if (at + 22 > tail.length) continue;
    const directory = at - tail.readUInt32LE(at + 12);
    const entry = directory >= 0 ? tail.subarray(directory, directory + 4) : undefined;
    // A directory that begins before the tail is larger than 64 KiB: then the claim itself is enough.
    if (entry === undefined || entry.equals(directoryEntry)) return true;
  }
  return false;
}
