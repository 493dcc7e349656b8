import { open, writeFile } from 'node:fs/promises';
import sharp, { type Metadata, type OutputInfo, type Sharp } from 'sharp';
import { heicToPng } from './heic.js';
import { imageTypeOf, signatureBytes, type ImageType } from './image-type.js';
import { placeholderOf } from './placeholder.js';
import { isPolyglot } from './polyglot.js';
import {
  readable,
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

  const source = type === 'heic' ? await heicToPng(input, metadata, limits) : input;
  const picture = sharp(source, {
    limitInputPixels: limits.maxPixels,
    failOn: 'error',
    sequentialRead: true,
    ...(moves ? { animated: true } : {}),
  });
  // Frames have no orientation of their own, and sharp turns none of several.
  const upright = moves ? picture : picture.autoOrient();
  const webp = moves || metadata.hasAlpha;
  const image = await readable(bytesOf(encode(fit(upright, limits.maxSidePx), webp)));
  const small = await readable(bytesOf(encode(fit(sharp(image.data), limits.thumbnailPx), webp)));
  // Not by libvips, whose failures are the file's: a disk that is full is not.
  await writeFile(output, image.data);
  await writeFile(thumbnail, small.data);
  return {
    contentType: webp ? 'image/webp' : 'image/jpeg',
    width: image.info.width,
    height: image.info.pageHeight ?? image.info.height,
    bytes: image.data.length,
    thumbnailBytes: small.data.length,
    placeholder: await placeholderOf(small.data),
  };
}

/** The type by the bytes alone. */
async function inspect(path: string): Promise<ImageType> {
  const handle = await open(path, 'r');
  try {
    const { size } = await handle.stat();
    const { buffer: head, bytesRead } = await handle.read(Buffer.alloc(signatureBytes), 0, signatureBytes, 0);
    const type = imageTypeOf(head.subarray(0, bytesRead));
    if (type === undefined) throw unsupported('not_an_image');
    if (await isPolyglot(handle, size)) throw unsupported('not_only_an_image');
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

function bytesOf(picture: Sharp): Promise<{ data: Buffer; info: OutputInfo }> {
  return picture.toBuffer({ resolveWithObject: true });
}
