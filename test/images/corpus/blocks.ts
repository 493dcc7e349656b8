import { expect } from 'chai';
import sharp, { type Sharp } from 'sharp';

export const width = 64;
export const height = 48;
/** A JPEG keeps flat blocks of its own size nearly as they are. */
const blockPx = 16;
const colours = [
  ...['e02020', '20c040', '2040e0', 'e0e020'],
  ...['20c0c0', 'c020c0', '808080', 'f08020'],
  ...['104060', 'f0f0f0', '202020', '80e0a0'],
].map((hex) => [...Buffer.from(hex, 'hex')]);

/** Width by height pixels of red, green and blue: a picture that no turn and no mirror makes the same again. */
export const pixels: Buffer = pixelsOf((x, y) => [x, y], width, height);

/** The picture, for sharp to encode. */
export function blocks(): Sharp {
  return sharp(pixels, { raw: { width, height, channels: 3 } });
}

/** The picture as a camera that is held otherwise stores it, tagged with its EXIF orientation (1 to 8). */
export function blocksHeld(orientation: number): Sharp {
  const lies = orientation >= 5;
  const stored = pixelsOf((x, y) => uprightPlace(orientation, x, y), lies ? height : width, lies ? width : height);
  const raw = { width: lies ? height : width, height: lies ? width : height, channels: 3 } as const;
  return sharp(stored, { raw }).withMetadata({ orientation });
}

/** Where the pixel of a stored row and column belongs (Exif 2.32, 4.6.4 A: what the 0th row and column are). */
function uprightPlace(orientation: number, column: number, row: number): [x: number, y: number] {
  const right = width - 1;
  const bottom = height - 1;
  const places: Record<number, [number, number]> = {
    1: [column, row],
    2: [right - column, row],
    3: [right - column, bottom - row],
    4: [column, bottom - row],
    5: [row, column],
    6: [right - row, column],
    7: [right - row, bottom - column],
    8: [row, bottom - column],
  };
  const place = places[orientation];
  if (place === undefined) throw new RangeError('orientations go from 1 to 8');
  return place;
}

function pixelsOf(uprightOf: (x: number, y: number) => [number, number], columns: number, rows: number): Buffer {
  const out = Buffer.alloc(columns * rows * 3);
  for (let y = 0; y < rows; y += 1) {
    for (let x = 0; x < columns; x += 1) {
      const [upX, upY] = uprightOf(x, y);
      const block = Math.floor(upY / blockPx) * (width / blockPx) + Math.floor(upX / blockPx);
      out.set(colours[block] ?? [], (y * columns + x) * 3);
    }
  }
  return out;
}

/**
 * That an encoded picture is this one, pixel by pixel: in brightness everywhere, in each colour wherever no other block is
 * near. At the edges a JPEG smears colours, which it keeps at half the size.
 */
export async function expectBlocks(image: string | Buffer, tolerance = 24): Promise<void> {
  const { data, info } = await sharp(image)
    .toColourspace('srgb')
    .removeAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true });
  expect({ width: info.width, height: info.height, channels: info.channels }).to.deep.equal({
    width,
    height,
    channels: 3,
  });
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      const at = (y * width + x) * 3;
      const [shown, meant] = [data.subarray(at, at + 3), pixels.subarray(at, at + 3)];
      const differences = [luma(shown) - luma(meant)];
      if (isInner(x) && isInner(y)) differences.push(...[...shown].map((value, i) => value - (meant[i] ?? NaN)));
      if (differences.every((difference) => Math.abs(difference) <= tolerance)) continue;
      expect.fail(`pixel ${x},${y} is ${shown.join(' ')} for ${meant.join(' ')}`);
    }
  }
}

function isInner(place: number): boolean {
  return place % blockPx >= 3 && place % blockPx < blockPx - 3;
}

/** ITU-R BT.601, as JPEG counts brightness. */
function luma([red = NaN, green = NaN, blue = NaN]: Uint8Array): number {
  return 0.299 * red + 0.587 * green + 0.114 * blue;
}
