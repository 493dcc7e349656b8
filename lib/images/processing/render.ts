import { open } from 'node:fs/promises';
import sharp, { type Metadata, type Sharp } from 'sharp';
import { heicToPng } from './heic.js';
import { imageTypeOf, signatureBytes, type ImageType } from './image-type.js';
import { placeholderOf } from './placeholder.js';
import { archiveTailBytes, documentHeadBytes, isPolyglot } from './polyglot.js';
import {
  RefusedImage,
  tooLarge,
  unsupported,
  type RenderedImage,
  type RenderLimits,
  type RenderTask,
} from './worker-protocol.js';

/** As libvips names what reads each type. Whatever else it was built with stays shut, SVG above all. */
const loaders = ['Jpeg', 'Png', 'Webp', 'Heif', 'Nsgif'];

/** Of a process of its own: one picture at a time, one thread each, and nothing kept. */
export function configureSharp(): void {
  sharp.concurrency(1);
  sharp.cache(false);
  sharp.block({ operation: ['VipsForeignLoad'] });
  sharp.unblock({
    operation: loaders.flatMap((name) => [`VipsForeignLoad${name}File`, `VipsForeignLoad${name}Buffer`]),
  });
}

/**
 * Makes an uploaded file a picture that can be shown: upright, in sRGB, bounded, without metadata, and encoded anew, so
 * that no byte of the file is in it; with a thumbnail and a placeholder. WebP where the picture can be see-through or
 * moves, else JPEG.
 * @throws RefusedImage
 */
export async function render({ input, output, thumbnail, limits }: RenderTask): Promise<RenderedImage> {
  const type = await inspect(input);
  const metadata = await readable(sharp(input, { limitInputPixels: false }).metadata());
  const moves = limits.animations === 'keep' && (type === 'gif' || type === 'webp') && (metadata.pages ?? 1) > 1;
  requireWithin(limits, metadata, moves);

  const source = type === 'heic' ? await heicToPng(input, metadata, limits.maxSidePx) : input;
  const picture = sharp(source, {
    limitInputPixels: limits.maxPixels,
    failOn: 'error',
    sequentialRead: true,
    ...(moves ? { animated: true } : {}),
  });
  // Frames have no orientation of their own, and sharp turns none of several.
  const upright = moves ? picture : picture.autoOrient();
  const webp = moves || metadata.hasAlpha;
  const image = await readable(encode(fit(upright, limits.maxSidePx), webp).toFile(output));
  const small = await readable(encode(fit(sharp(output), limits.thumbnailPx), webp).toFile(thumbnail));
  return {
    contentType: webp ? 'image/webp' : 'image/jpeg',
    width: image.width,
    height: image.pageHeight ?? image.height,
    bytes: image.size,
    thumbnailBytes: small.size,
    placeholder: await placeholderOf(thumbnail),
  };
}

/** The type by the bytes alone. */
async function inspect(path: string): Promise<ImageType> {
  const handle = await open(path, 'r');
  try {
    const { size } = await handle.stat();
    const head = Buffer.alloc(Math.min(size, Math.max(signatureBytes, documentHeadBytes)));
    const tail = Buffer.alloc(Math.min(size, archiveTailBytes));
    await handle.read(head, 0, head.length, 0);
    await handle.read(tail, 0, tail.length, size - tail.length);
    const type = imageTypeOf(head.subarray(0, signatureBytes));
    if (type === undefined) throw unsupported('not_an_image');
    if (isPolyglot(head, tail)) throw unsupported('not_only_an_image');
    return type;
  } finally {
    await handle.close();
  }
}

/** By what the header says, before anything is decoded: a bomb costs no more than its header. */
function requireWithin(limits: RenderLimits, { width, height, pages = 1 }: Metadata, moves: boolean): void {
  if (moves && pages > limits.maxFrames) throw tooLarge('too_many_frames');
  if (width * height * (moves ? pages : 1) > limits.maxPixels) throw tooLarge('too_many_pixels');
}

function fit(picture: Sharp, side: number): Sharp {
  return picture.resize({ width: side, height: side, fit: 'inside', withoutEnlargement: true });
}

function encode(picture: Sharp, webp: boolean): Sharp {
  return webp ? picture.webp({ quality: 82, effort: 3 }) : picture.jpeg({ quality: 82 });
}

/** libvips fails for one reason here: the file is not what it looked like, or not all there. */
async function readable<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    throw error instanceof RefusedImage ? error : unsupported('damaged', error);
  }
}
