/** What a picture is, by its bytes. HEIC stands for every HEIF picture that is no AVIF. */
export type ImageType = 'jpeg' | 'png' | 'webp' | 'avif' | 'gif' | 'heic';

/** The content types that a client may say it is about to upload. What it uploads is judged by {@link imageTypeOf}. */
export const acceptedContentTypes: ReadonlySet<string> = new Set([
  'image/jpeg',
  'image/png',
  'image/webp',
  'image/avif',
  'image/gif',
  'image/heic',
  'image/heif',
]);

/** How many leading bytes {@link imageTypeOf} looks at. */
export const signatureBytes = 128;

/** The type that the leading bytes say, or undefined for whatever is not one of the six: SVG, PDF, HTML, TIFF, ... */
export function imageTypeOf(head: Buffer): ImageType | undefined {
  if (startsWith(head, 0xff, 0xd8, 0xff)) return 'jpeg';
  if (startsWith(head, 0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a)) return 'png';
  const text = head.toString('latin1');
  if (/^GIF8[79]a/.test(text)) return 'gif';
  if (/^RIFF[^]{4}WEBP/.test(text)) return 'webp';
  return text.slice(4, 8) === 'ftyp' ? heifType(head, text) : undefined;
}

const avifBrands = ['avif', 'avis'];
const heicBrands = ['heic', 'heix', 'heim', 'heis', 'hevc', 'hevx', 'hevm', 'hevs'];

/**
 * ISO base media files say what they are by brands (ISO/IEC 14496-12, 4.3): a major one, its version, and those that
 * it is compatible with. `mif1` and `msf1` alone tell of a picture (ISO/IEC 23008-12) and not of its codec.
 */
function heifType(head: Buffer, text: string): ImageType | undefined {
  const end = Math.min(head.readUInt32BE(0), text.length);
  const brands = [text.slice(8, 12)];
  for (let at = 16; at + 4 <= end; at += 4) brands.push(text.slice(at, at + 4));
  // A video has compatible brands of its own and none of the pictures' as its first.
  if (![...avifBrands, ...heicBrands, 'mif1', 'msf1'].includes(brands[0] ?? '')) return undefined;
  if (brands.some((brand) => avifBrands.includes(brand))) return 'avif';
  return brands.some((brand) => heicBrands.includes(brand)) ? 'heic' : undefined;
}

function startsWith(head: Buffer, ...bytes: number[]): boolean {
  return bytes.every((byte, i) => head[i] === byte);
}
