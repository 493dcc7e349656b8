import sharp, { type Sharp } from 'sharp';

const phonePx = { width: 4_032, height: 3_024 };

/** A photo of 12 megapixels as a phone takes it: soft shapes and a little grain, 2 to 4 MB. */
export async function phonePhoto(): Promise<Buffer> {
  const shapes = await noise(64, 48)
    .resize({ ...phonePx, kernel: 'cubic' })
    .raw()
    .toBuffer();
  const grain = Buffer.alloc(shapes.length);
  for (let i = 0; i < grain.length; i += 1) grain[i] = (shapes[i] ?? 0) + ((i * 2_654_435_761) >>> 29) - 4;
  return sharp(grain, { raw: { ...phonePx, channels: 3 } })
    .jpeg({ quality: 90 })
    .toBuffer();
}

/** Of each pixel its own, and the same each time. */
export function noise(width: number, height: number): Sharp {
  const pixels = Buffer.alloc(width * height * 3);
  for (let i = 0, state = 1; i < pixels.length; i += 1) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    pixels[i] = state >>> 24;
  }
  return sharp(pixels, { raw: { width, height, channels: 3 } });
}
