import { readFile } from 'node:fs/promises';
import { unsupported } from './worker-protocol.js';

/**
 * Decodes HEIC, which libvips as sharp ships it cannot, by the optional package `heic-convert` (libheif in WebAssembly):
 * upright, as a JPEG of best quality that is encoded once more afterwards. The colour profile, which `heic-convert`
 * drops, is put back: the pictures of many phones are in Display P3.
 * @throws RefusedImage where the package is missing or the picture is damaged.
 */
export async function heicToJpeg(path: string, icc: Buffer | undefined): Promise<Buffer> {
  const convert = await loadConvert();
  const buffer = await readFile(path);
  let jpeg: Uint8Array;
  try {
    jpeg = await convert({ buffer, format: 'JPEG', quality: 1 });
  } catch (error) {
    throw unsupported('damaged', error);
  }
  return withProfile(Buffer.from(jpeg.buffer, jpeg.byteOffset, jpeg.byteLength), icc);
}

async function loadConvert(): Promise<typeof import('heic-convert').default> {
  try {
    return (await import('heic-convert')).default;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ERR_MODULE_NOT_FOUND') throw error;
    throw unsupported('heic_needs_heic-convert', error);
  }
}

/** A segment's length, two bytes of it, counts itself; before the profile come its name, its number and their count. */
const segmentLimit = 65_535 - 2 - 14;

/** Puts the profile behind a JPEG's first two bytes, in APP2 segments (ICC.1:2022, annex B.4). */
function withProfile(jpeg: Buffer, icc: Buffer | undefined): Buffer {
  if (icc === undefined || icc.length > 255 * segmentLimit) return jpeg;
  const count = Math.ceil(icc.length / segmentLimit);
  const segments = Array.from({ length: count }, (_, i) => {
    const part = icc.subarray(i * segmentLimit, (i + 1) * segmentLimit);
    const head = Buffer.from('\xff\xe2\0\0ICC_PROFILE\0\0\0', 'latin1');
    head.writeUInt16BE(head.length - 2 + part.length, 2);
    head[16] = i + 1;
    head[17] = count;
    return Buffer.concat([head, part]);
  });
  return Buffer.concat([jpeg.subarray(0, 2), ...segments, jpeg.subarray(2)]);
}
