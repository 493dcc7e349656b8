import { execFile } from 'node:child_process';
import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect } from 'chai';
import sharp from 'sharp';
import { heicToPng } from '../../../lib/images/processing/heic.js';
import { makeFolder } from '../../support/run-folder.js';
import { blocks, expectBlocks } from '../corpus/blocks.js';
import { blackPng, claimJpegSize, withJpegSegment, withPngChunk, zip64Archive, zipArchive } from '../corpus/files.js';
import { heicHeldUpright } from '../corpus/heic.js';
import { limits, refusalOf, renderFile } from '../corpus/render-file.js';

const jpeg = (): Promise<Buffer> => blocks().jpeg().toBuffer();
const png = (): Promise<Buffer> => blocks().png().toBuffer();
const text = (content: string): Promise<Buffer> => Promise.resolve(Buffer.from(content, 'latin1'));

type Corpus = Record<string, () => Promise<Buffer>>;

/** Its first bytes say that it is none of the formats. */
const noImages: Corpus = {
  'nothing at all': () => text(''),
  'one byte': () => text('\xff'),
  'an SVG': () => text('<svg xmlns="http://www.w3.org/2000/svg" width="8" height="8"><script>alert(1)</script></svg>'),
  'an SVG behind an XML declaration': () => text('<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"/>'),
  'an HTML page': () => text('<!doctype html><script>alert(1)</script>'),
  'a PDF': () => text('%PDF-1.7\n%\xe2\xe3\xcf\xd3\n'),
  'a ZIP': () => Promise.resolve(zipArchive()),
  'a film': () => text('\0\0\0\x18ftypmp42\0\0\0\0mp42isom'),
  'a TIFF': () => blocks().tiff().toBuffer(),
  'a BMP': () => text('BM\x3a\0\0\0\0\0\0\0\x36\0\0\0'),
  'an icon': () => text('\0\0\x01\0\x01\0\x10\x10'),
  'a picture behind a line of text': async () => Buffer.concat([Buffer.from('\n'), await jpeg()]),
  'a HEIF container of no known codec': () => text('\0\0\0\x18ftypmif1\0\0\0\0mif1miaf'),
};

/** Its first bytes are a picture's, and it is something else too. */
const polyglots: Corpus = {
  'a JPEG that is a ZIP': async () => Buffer.concat([await jpeg(), zipArchive()]),
  'a PNG that is a ZIP': async () => Buffer.concat([await png(), zipArchive()]),
  'a JPEG that is a ZIP with a long directory': async () => Buffer.concat([await jpeg(), zipArchive(2_000)]),
  'a JPEG that is a ZIP with a comment, and one byte more': async () => {
    const archive = zipArchive();
    archive.writeUInt16LE(60_000, archive.length - 2);
    return Buffer.concat([await jpeg(), archive, Buffer.alloc(60_001, 'x')]);
  },
  'a JPEG that is a ZIP by the place of its directory alone': async () => {
    const [picture, archive] = [await jpeg(), zipArchive()];
    archive.writeUInt32LE(0x7fffffff, archive.length - 10);
    archive.writeUInt32LE(picture.length + 31, archive.length - 6);
    return Buffer.concat([picture, archive]);
  },
  'a JPEG that is a huge ZIP': async () => Buffer.concat([await jpeg(), zip64Archive()]),
  'a JPEG that is a PDF': async () => withJpegSegment(await jpeg(), 0xfe, Buffer.from('%PDF-1.7\n1 0 obj\n')),
  'a JPEG that is a page': async () =>
    withJpegSegment(await jpeg(), 0xfe, Buffer.from('<html><body onload="alert(1)">')),
  'a PNG that is an SVG': async () => withPngChunk(await png(), 'tEXt', Buffer.from('a\0<svg onload="alert(1)">')),
  'a GIF that is PHP': () => text('GIF89a<?php system($_GET[0]); ?>'),
};

/** It begins as a picture. */
const damaged: Corpus = {
  'a JPEG that breaks off': async () => (await noise().jpeg().toBuffer()).subarray(0, 20_000),
  'a PNG that breaks off': async () => (await noise().png().toBuffer()).subarray(0, 20_000),
  'a WebP that breaks off': async () => (await noise().webp().toBuffer()).subarray(0, 20_000),
  'an AVIF that breaks off': async () => (await noise().avif().toBuffer()).subarray(0, 2_000),
  'the signature of a JPEG alone': () => text('\xff\xd8\xff'),
  'the signature of a PNG alone': () => text('\x89PNG\r\n\x1a\n'),
  'a GIF that is a script': () => text('GIF89a/*\0\0\0\0*/=1;alert(1)//'),
  'a GIF without a frame': () => text('GIF89a\x08\0\x08\0\0\0\0;'),
  'a HEIC without a picture': () => text('\0\0\0\x18ftypheic\0\0\0\0mif1heic'),
};

/** Small files of huge pictures. */
const bombs: Corpus = {
  'a PNG of 30,000 by 30,000': () => Promise.resolve(blackPng(30_000, 30_000)),
  'a JPEG that claims 65,500 by 65,500': async () => claimJpegSize(await jpeg(), 65_500, 65_500),
  'a GIF that claims 65,535 by 65,535': async () => {
    const gif = await blocks().gif().toBuffer();
    gif.fill(0xff, 6, 10);
    // The first frame's own size, behind its descriptor's comma.
    gif.fill(0xff, gif.indexOf(0x2c) + 5, gif.indexOf(0x2c) + 9);
    return gif;
  },
};

describe('a file that is refused', () => {
  for (const [corpus, reason] of [
    [noImages, 'not_an_image'],
    [polyglots, 'not_only_an_image'],
    [damaged, 'damaged'],
  ] as const) {
    for (const [what, make] of Object.entries(corpus)) {
      it(`is ${what}, as ${reason}`, async () => {
        expect(await refusalOf(await make())).to.deep.equal({ code: 'unsupported_image_type', reason });
      });
    }
  }

  for (const [what, make] of Object.entries(bombs)) {
    it(`is ${what}, by its header alone`, async () => {
      expect(await refusalOf(await make())).to.deep.equal({ code: 'image_too_large', reason: 'too_many_pixels' });
    });
  }

  it('has one pixel more than it may', async () => {
    const file = await png();
    await renderFile(file, { maxPixels: 64 * 48 });
    expect(await refusalOf(file, { maxPixels: 64 * 48 - 1 })).to.include({ reason: 'too_many_pixels' });
  });

  it('has more frames, or more pixels in all of them, than are kept', async () => {
    const frames = sharp(Buffer.alloc(8 * 80 * 3), { raw: { width: 8, height: 80, channels: 3, pageHeight: 8 } });
    const file = await frames.gif({ keepDuplicateFrames: true }).toBuffer();
    const keep = { animations: 'keep', maxFrames: 10, maxPixels: 640 } as const;
    expect(await renderFile(file, keep)).to.include({ contentType: 'image/webp' });
    expect(await refusalOf(file, { ...keep, maxFrames: 9 })).to.include({ reason: 'too_many_frames' });
    expect(await refusalOf(file, { ...keep, maxPixels: 639 })).to.include({ reason: 'too_many_pixels' });
    expect(await renderFile(file, { maxFrames: 9, maxPixels: 64 }), 'the first alone').to.include({
      width: 8,
      height: 8,
    });
  });

  it('is a HEIC whose first picture is larger than the one that its header tells of', async () => {
    const path = join(await makeFolder('heic'), 'input');
    await writeFile(path, heicHeldUpright);
    const pixels = 48 * 64;
    const metadata = await sharp(path).metadata();
    expect(await heicToPng(path, metadata, { ...limits, maxPixels: pixels })).to.be.instanceOf(Buffer);
    const refusal: unknown = await heicToPng(path, metadata, { ...limits, maxPixels: pixels - 1 }).catch(
      (e: unknown) => e,
    );
    expect(refusal).to.have.deep.property('refusal', { code: 'image_too_large', reason: 'too_many_pixels' });
  });

  it('is a HEIC where heic-convert is not installed, and says so', async () => {
    const script = new URL('../corpus/without-heic-convert.ts', import.meta.url).pathname;
    const { stdout } = await promisify(execFile)(process.execPath, [...process.execArgv, script]);
    expect(JSON.parse(stdout)).to.deep.equal({ code: 'unsupported_image_type', reason: 'heic_needs_heic-convert' });
  });
});

describe('a file that is not refused', () => {
  it('has a film or a second picture behind it, as some phones add', async () => {
    const film = Buffer.from('\0\0\0\x18ftypmp42\0\0\0\0mp42isom', 'latin1');
    for (const extra of [film, await jpeg()]) {
      await expectBlocks((await renderFile(Buffer.concat([await jpeg(), extra]))).output);
    }
  });

  it('says PK somewhere by chance', async () => {
    for (const [filling, length] of [
      ['\0', 40],
      ['\x7f', 40],
      ['\xff', 40],
      ['\xa5', 21],
    ] as const) {
      const text = 'PK\x05\x06'.padEnd(length, filling);
      await renderFile(Buffer.concat([await jpeg(), Buffer.from(text, 'latin1')]));
    }
  });

  it('has a compressed text that unfolds to half a gigabyte, which nobody unfolds', async () => {
    const { deflateSync } = await import('node:zlib');
    const unfolded = deflateSync(Buffer.alloc(500 * 1024 * 1024), { level: 1 });
    const file = withPngChunk(await png(), 'zTXt', Buffer.concat([Buffer.from('a\0\0'), unfolded]));
    await expectBlocks((await renderFile(file)).output);
  });

  it('leaves nothing beside the picture and its thumbnail', async () => {
    const { output } = await renderFile(await jpeg());
    expect((await readdir(new URL('.', `file://${output}`).pathname)).sort()).to.deep.equal([
      'input',
      'output',
      'thumbnail',
    ]);
  });
});

function noise() {
  const look = { background: 'grey', noise: { type: 'gaussian', mean: 128, sigma: 40 } } as const;
  return sharp({ create: { width: 400, height: 300, channels: 3, ...look } });
}
