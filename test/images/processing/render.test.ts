import { readFile, stat } from 'node:fs/promises';
import { expect } from 'chai';
import sharp from 'sharp';
import { thumbHashToApproximateAspectRatio, thumbHashToAverageRGBA } from 'thumbhash';
import { blocks, blocksHeld, expectBlocks } from '../corpus/blocks.js';
import { withJpegSegment, withPngChunk } from '../corpus/files.js';
import { heicHeldUpright, heicInDisplayP3 } from '../corpus/heic.js';
import { renderFile } from '../corpus/render-file.js';

const solid = (width: number, height: number, background: string) =>
  sharp({ create: { width, height, channels: 3, background } });

describe('a picture that is rendered', () => {
  describe('from every format', () => {
    const files: Record<string, () => Promise<Buffer>> = {
      JPEG: () => blocks().jpeg({ quality: 95 }).toBuffer(),
      'progressive JPEG': () => blocks().jpeg({ quality: 95, progressive: true }).toBuffer(),
      PNG: () => blocks().png().toBuffer(),
      'PNG with a palette': () => blocks().png({ palette: true }).toBuffer(),
      'PNG of 16 bits': () => blocks().toColourspace('rgb16').png().toBuffer(),
      WebP: () => blocks().webp({ quality: 95 }).toBuffer(),
      'lossless WebP': () => blocks().webp({ lossless: true }).toBuffer(),
      AVIF: () => blocks().avif({ lossless: true }).toBuffer(),
      GIF: () => blocks().gif().toBuffer(),
      HEIC: () => Promise.resolve(heicHeldUpright),
    };
    for (const [format, make] of Object.entries(files)) {
      it(`shows what the ${format} showed`, async () => {
        const rendered = await renderFile(await make());
        await expectBlocks(rendered.output);
        await expectBlocks(rendered.thumbnail);
        expect(rendered).to.include({ width: 64, height: 48, bytes: (await stat(rendered.output)).size });
        expect(rendered.thumbnailBytes).to.equal((await stat(rendered.thumbnail)).size);
      });
    }

    it('is a JPEG when it is opaque, and a WebP that is see-through when it was', async () => {
      expect(await renderFile(await blocks().png().toBuffer())).to.include({ contentType: 'image/jpeg' });
      const glass = sharp({
        create: { width: 8, height: 8, channels: 4, background: { r: 255, g: 0, b: 0, alpha: 0.5 } },
      });
      const { contentType, output } = await renderFile(await glass.png().toBuffer());
      expect(contentType).to.equal('image/webp');
      const pixel = await sharp(output).raw().toBuffer();
      expect(pixel[3]).to.be.within(126, 129);
    });
  });

  describe('however it was held', () => {
    for (let orientation = 1; orientation <= 8; orientation += 1) {
      for (const format of ['jpeg', 'png', 'webp'] as const) {
        it(`is upright from a ${format} of EXIF orientation ${orientation}`, async () => {
          const file = await blocksHeld(orientation).toFormat(format, { quality: 95 }).toBuffer();
          expect((await sharp(file).metadata()).orientation).to.equal(orientation);
          const { output, thumbnail, ...rendered } = await renderFile(file);
          expect(rendered).to.include({ width: 64, height: 48 });
          await expectBlocks(output);
          await expectBlocks(thumbnail);
        });
      }
    }
  });

  describe('of its metadata', () => {
    const mark = 'KEEP-THIS-PRIVATE';
    const gps = {
      GPSLatitudeRef: 'N',
      GPSLatitude: '51/1 30/1 0/1',
      GPSLongitudeRef: 'W',
      GPSLongitude: '0/1 7/1 0/1',
    };
    const exif = { IFD0: { ImageDescription: mark, Artist: mark }, IFD3: gps };
    const xmp = `<?xpacket begin="" id="W5M0MpCehiHzreSzNTczkc9d"?><x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description xmlns:exif="http://ns.adobe.com/exif/1.0/" exif:GPSLatitude="51,30N" exif:UserComment="${mark}"/></rdf:RDF></x:xmpmeta><?xpacket end="w"?>`;
    const tagged = () => blocks().withExif(exif).withXmp(xmp);
    const files: Record<string, () => Promise<Buffer>> = {
      'EXIF and XMP in a JPEG': () => tagged().jpeg().toBuffer(),
      'EXIF and XMP in a PNG': () => tagged().png().toBuffer(),
      'EXIF and XMP in a WebP': () => tagged().webp().toBuffer(),
      'EXIF and XMP in an AVIF': () => tagged().avif().toBuffer(),
      'a comment in a JPEG': async () => withJpegSegment(await blocks().jpeg().toBuffer(), 0xfe, Buffer.from(mark)),
      'a text in a PNG': async () =>
        withPngChunk(await blocks().png().toBuffer(), 'tEXt', Buffer.from(`Comment\0${mark}`)),
      'a thumbnail of its own in a JPEG': async () =>
        withJpegSegment(await blocks().jpeg().toBuffer(), 0xe1, await exifWithThumbnail(mark)),
      'something behind the end': async () => Buffer.concat([await blocks().jpeg().toBuffer(), Buffer.from(mark)]),
    };
    for (const [what, make] of Object.entries(files)) {
      it(`keeps nothing: ${what}`, async () => {
        const file = await make();
        expect(file.includes(mark), 'the file has it').to.equal(true);
        const { output, thumbnail } = await renderFile(file);
        for (const path of [output, thumbnail]) {
          const bytes = await readFile(path);
          expect(bytes.includes(mark)).to.equal(false);
          expect(bytes.includes('Exif')).to.equal(false);
          const metadata = await sharp(bytes).metadata();
          expect(metadata).not.to.have.any.keys('exif', 'xmp', 'iptc', 'comments', 'orientation', 'tifftagPhotoshop');
          expect(metadata.hasProfile).to.equal(false);
        }
      });
    }

    it("keeps nothing of a HEIC's GPS position", async () => {
      const before = await sharp(heicHeldUpright).metadata();
      expect(before.exif, 'the file has it').to.be.instanceOf(Buffer);
      const { output } = await renderFile(heicHeldUpright);
      expect(await sharp(output).metadata()).not.to.have.any.keys('exif', 'xmp', 'icc');
    });
  });

  describe('in its colours', () => {
    it('is in sRGB from a profile of another space', async () => {
      for (const format of ['jpeg', 'png', 'webp'] as const) {
        const file = await blocks().withIccProfile('p3').toFormat(format, { quality: 95 }).toBuffer();
        expect((await sharp(file).metadata()).hasProfile, 'the file has a profile').to.equal(true);
        await expectBlocks((await renderFile(file)).output);
      }
    });

    it('is in sRGB from a HEIC in Display P3', async () => {
      expect((await sharp(heicInDisplayP3).metadata()).hasProfile).to.equal(true);
      await expectBlocks((await renderFile(heicInDisplayP3)).output);
    });

    it('is what a print of it would look like from CMYK', async () => {
      const file = await solid(32, 32, '#808080').toColourspace('cmyk').jpeg().toBuffer();
      expect((await sharp(file).metadata()).space).to.equal('cmyk');
      const { output } = await renderFile(file);
      const [pixel] = (await sharp(output).stats()).channels;
      expect((await sharp(output).metadata()).space).to.be.oneOf(['srgb', 'b-w']);
      expect(pixel?.mean).to.be.within(110, 146);
    });
  });

  describe('in its size', () => {
    it('keeps its shape within the longest side, and its thumbnail within its own', async () => {
      const rendered = await renderFile(await solid(3_000, 1_500, 'red').jpeg().toBuffer(), {
        maxSidePx: 600,
        thumbnailPx: 100,
      });
      expect(rendered).to.include({ width: 600, height: 300 });
      expect(await sharp(rendered.output).metadata()).to.include({ width: 600, height: 300 });
      expect(await sharp(rendered.thumbnail).metadata()).to.include({ width: 100, height: 50 });
    });

    it('never grows', async () => {
      const rendered = await renderFile(await solid(3, 2, 'red').png().toBuffer());
      expect(rendered).to.include({ width: 3, height: 2 });
    });

    it('is one pixel high from 65,000 pixels by 20', async () => {
      const rendered = await renderFile(await solid(65_000, 20, 'red').png().toBuffer());
      expect(rendered).to.include({ width: 2_560, height: 1 });
    });
  });

  it('has a placeholder of its shape and mean colour', async () => {
    const { placeholder } = await renderFile(await solid(800, 400, '#c04020').jpeg().toBuffer());
    const hash = Buffer.from(placeholder, 'base64');
    expect(hash.length).to.be.lessThan(30);
    expect(thumbHashToApproximateAspectRatio(hash)).to.be.within(1.5, 2.5);
    const { r, g, b } = thumbHashToAverageRGBA(hash);
    expect([r * 255, g * 255, b * 255].map(Math.round)).to.satisfy(([r, g, b]: number[]) =>
      [Math.abs((r ?? 0) - 0xc0), Math.abs((g ?? 0) - 0x40), Math.abs((b ?? 0) - 0x20)].every(
        (difference) => difference < 16,
      ),
    );
  });

  describe('from an animation', () => {
    const delay = [40, 80, 120, 160];
    /** Each frame of one colour: red, then ever darker. */
    const animation = (format: 'gif' | 'webp'): Promise<Buffer> => {
      const [side, raw] = [32, Buffer.alloc(32 * 32 * 3 * delay.length)];
      for (let i = 0; i < raw.length; i += 3) raw[i] = 255 - Math.floor(i / (side * side * 3)) * 40;
      const pages = sharp(raw, { raw: { width: side, height: side * delay.length, channels: 3, pageHeight: side } });
      return format === 'gif'
        ? pages.gif({ delay, loop: 3 }).toBuffer()
        : pages.webp({ lossless: true, delay, loop: 3 }).toBuffer();
    };

    for (const format of ['gif', 'webp'] as const) {
      it(`is the first frame of a ${format}, unless animations are kept`, async () => {
        const { output, contentType, width, height } = await renderFile(await animation(format));
        expect({ width, height }).to.deep.equal({ width: 32, height: 32 });
        expect(contentType).to.be.oneOf(['image/jpeg', 'image/webp']);
        expect((await sharp(output).metadata()).pages ?? 1).to.equal(1);
        expect((await sharp(output).stats()).dominant.r).to.be.greaterThan(240);
      });

      it(`is a WebP that moves as the ${format} did when animations are kept`, async () => {
        const rendered = await renderFile(await animation(format), { animations: 'keep', maxSidePx: 16 });
        expect(rendered).to.include({ contentType: 'image/webp', width: 16, height: 16 });
        const moving = await sharp(rendered.output, { animated: true }).metadata();
        expect(moving).to.deep.include({ pages: delay.length, delay, loop: 3 });
        expect((await sharp(rendered.thumbnail).metadata()).pages ?? 1).to.equal(1);
      });
    }
  });
});

/** An APP1 segment whose second directory points to a small JPEG with a comment in it. */
async function exifWithThumbnail(comment: string): Promise<Buffer> {
  const jpeg = withJpegSegment(await solid(8, 8, 'blue').jpeg().toBuffer(), 0xfe, Buffer.from(comment));
  const tiff = Buffer.alloc(8 + 6 + 2 + 2 * 12 + 4);
  tiff.write('MM\0*', 'latin1');
  tiff.writeUInt32BE(8, 4);
  tiff.writeUInt32BE(14, 10);
  tiff.writeUInt16BE(2, 14);
  [
    [0x0201, tiff.length],
    [0x0202, jpeg.length],
  ].forEach(([tag = 0, value = 0], i) => {
    const at = 16 + i * 12;
    tiff.writeUInt16BE(tag, at);
    tiff.writeUInt16BE(4, at + 2);
    tiff.writeUInt32BE(1, at + 4);
    tiff.writeUInt32BE(value, at + 8);
  });
  return Buffer.concat([Buffer.from('Exif\0\0', 'latin1'), tiff, jpeg]);
}
