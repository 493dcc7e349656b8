import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { crc32, deflateSync } from 'node:zlib';
import sharp, { type Metadata } from 'sharp';
import { unsupported } from './worker-protocol.js';

/** `heic-decode`, which brings no types: pixels of red, green, blue and alpha, upright. */
type Decode = (file: { buffer: Uint8Array }) => Promise<{ width: number; height: number; data: Uint8ClampedArray }>;

/**
 * Decodes HEIC, which libvips as sharp ships it cannot, by the optional package `heic-convert` (libheif in WebAssembly).
 * Gives a PNG of at most `maxSidePx`, upright and in the colour space of the file: the profile, which the decoder drops,
 * is put back, for the pictures of many phones are in Display P3.
 * @throws RefusedImage where the package is missing or the picture is damaged.
 */
export async function heicToPng(path: string, { icc, hasAlpha }: Metadata, maxSidePx: number): Promise<Buffer> {
  const decode = loadDecode();
  const buffer = await readFile(path);
  const { width, height, data } = await decode({ buffer }).catch((error: unknown) => {
    throw unsupported('damaged', error);
  });
  const picture = sharp(data, { raw: { width, height, channels: 4 }, limitInputPixels: false }).resize({
    width: maxSidePx,
    height: maxSidePx,
    fit: 'inside',
    withoutEnlargement: true,
  });
  const png = await (hasAlpha ? picture : picture.removeAlpha()).png({ compressionLevel: 1 }).toBuffer();
  return icc === undefined ? png : withProfile(png, icc);
}

/**
 * The decoder that `heic-convert` brings along. Its own encoders, in JavaScript, would take three times as long and, for
 * a picture of 48 megapixels, more memory than a process may have.
 */
function loadDecode(): Decode {
  const require = createRequire(import.meta.url);
  try {
    return createRequire(require.resolve('heic-convert'))('heic-decode') as Decode;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'MODULE_NOT_FOUND') throw error;
    throw unsupported('heic_needs_heic-convert', error);
  }
}

/** Where the first chunk of a PNG, its header, ends. */
const headerEnd = 8 + 25;

/** Puts a colour profile behind a PNG's header (W3C PNG, 11.3.2.3: a name, the method, the profile deflated). */
function withProfile(png: Buffer, icc: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from('iCCPicc\0\0', 'latin1'), deflateSync(icc)]);
  const [length, checksum] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(body.length - 4);
  checksum.writeUInt32BE(crc32(body));
  return Buffer.concat([png.subarray(0, headerEnd), length, body, checksum, png.subarray(headerEnd)]);
}
