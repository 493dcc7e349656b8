import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { crc32, deflateSync } from 'node:zlib';
import sharp, { type Metadata } from 'sharp';
import { readable, tooLarge, unsupported, type RenderLimits } from './worker-protocol.js';

/** `heic-decode`, which brings no types: the pictures of a file, each decoded when it is asked for. */
interface HeicDecode {
  all(file: { buffer: Uint8Array }): Promise<HeicPicture[] & { dispose(): void }>;
}

interface HeicPicture {
  readonly width: number;
  readonly height: number;
  /** Pixels of red, green, blue and alpha, upright. */
  decode(): Promise<{ width: number; height: number; data: Uint8ClampedArray }>;
}

/**
 * Decodes HEIC, which libvips as sharp ships it cannot, by the optional package `heic-convert` (libheif in WebAssembly).
 * Gives a PNG of at most `maxSidePx`, upright and in the colour space of the file: the profile, which the decoder drops,
 * is put back, for the pictures of many phones are in Display P3.
 * @throws RefusedImage where the package is missing, or the picture is damaged or has too many pixels.
 */
export async function heicToPng(
  path: string,
  { icc, hasAlpha }: Metadata,
  { maxSidePx, maxPixels }: RenderLimits,
): Promise<Buffer> {
  const { width, height, data } = await decodeFirst(await readFile(path), maxPixels);
  const picture = sharp(data, { raw: { width, height, channels: 4 }, limitInputPixels: false }).resize({
    width: maxSidePx,
    height: maxSidePx,
    fit: 'inside',
    withoutEnlargement: true,
  });
  const png = await (hasAlpha ? picture : picture.removeAlpha()).png({ compressionLevel: 1 }).toBuffer();
  return icc === undefined ? png : withProfile(png, icc);
}

/** The first picture of a file. Its header told of the primary one, which need not be the same: judged for itself. */
async function decodeFirst(buffer: Buffer, maxPixels: number): ReturnType<HeicPicture['decode']> {
  const decoder = loadDecode();
  const pictures = await readable(decoder.all({ buffer }));
  try {
    const [first] = pictures;
    if (first === undefined) throw unsupported('damaged');
    if (first.width * first.height > maxPixels) throw tooLarge('too_many_pixels');
    return await readable(first.decode());
  } finally {
    pictures.dispose();
  }
}

/**
 * The decoder that `heic-convert` brings along. Its own encoders, in JavaScript, would take three times as long and, for
 * a picture of 48 megapixels, more memory than a process may have.
 */
function loadDecode(): HeicDecode {
  const require = createRequire(import.meta.url);
  try {
    return createRequire(require.resolve('heic-convert'))('heic-decode') as HeicDecode;
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
