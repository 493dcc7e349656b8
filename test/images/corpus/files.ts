import { crc32, deflateSync } from 'node:zlib';

/** Hand-made files, for what no encoder writes. */

const pngSignature = Buffer.from('\x89PNG\r\n\x1a\n', 'latin1');

export function pngChunk(type: string, data: Buffer = Buffer.alloc(0)): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const out = Buffer.alloc(body.length + 8);
  out.writeUInt32BE(data.length, 0);
  body.copy(out, 4);
  out.writeUInt32BE(crc32(body), body.length + 4);
  return out;
}

/** A black PNG of one bit a pixel: a few KB for a billion pixels. */
export function blackPng(width: number, height: number): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header[8] = 1;
  const rows = Buffer.alloc((Math.ceil(width / 8) + 1) * height);
  return Buffer.concat([
    pngSignature,
    pngChunk('IHDR', header),
    pngChunk('IDAT', deflateSync(rows, { level: 1 })),
    pngChunk('IEND'),
  ]);
}

/** Puts a chunk behind a PNG's header. */
export function withPngChunk(png: Buffer, type: string, data: Buffer): Buffer {
  const afterHeader = pngSignature.length + 25;
  return Buffer.concat([png.subarray(0, afterHeader), pngChunk(type, data), png.subarray(afterHeader)]);
}

/** Puts a segment behind a JPEG's first marker. `0xfe` is a comment. */
export function withJpegSegment(jpeg: Buffer, marker: number, data: Buffer): Buffer {
  const head = Buffer.from([0xff, marker, 0, 0]);
  head.writeUInt16BE(data.length + 2, 2);
  return Buffer.concat([jpeg.subarray(0, 2), head, data, jpeg.subarray(2)]);
}

/** Makes a JPEG claim another size in its frame header. */
export function claimJpegSize(jpeg: Buffer, width: number, height: number): Buffer {
  const out = Buffer.from(jpeg);
  const frame = out.findIndex((byte, i) => byte === 0xff && [0xc0, 0xc2].includes(out[i + 1] ?? 0));
  out.writeUInt16BE(height, frame + 5);
  out.writeUInt16BE(width, frame + 7);
  return out;
}

/** A ZIP archive of empty files. Its directory has 47 bytes for each. */
export function zipArchive(files = 1): Buffer {
  const local = Buffer.alloc(31);
  local.write('PK\x03\x04', 'latin1');
  local.writeUInt16LE(1, 26);
  local.write('a', 30);
  const entry = Buffer.alloc(47);
  entry.write('PK\x01\x02', 'latin1');
  entry.writeUInt16LE(1, 28);
  entry.write('a', 46);
  const directory = Buffer.concat(Array<Buffer>(files).fill(entry));
  const end = Buffer.alloc(22);
  end.write('PK\x05\x06', 'latin1');
  end.writeUInt16LE(files, 8);
  end.writeUInt16LE(files, 10);
  end.writeUInt32LE(directory.length, 12);
  end.writeUInt32LE(local.length, 16);
  return Buffer.concat([local, directory, end]);
}

/** What stands before the end of a ZIP's directory where its numbers are too large for that. */
export function zip64Archive(): Buffer {
  const end = zipArchive().subarray(-22);
  end.fill(0xff, 8, 20);
  const locator = Buffer.alloc(20);
  locator.write('PK\x06\x07', 'latin1');
  return Buffer.concat([locator, end]);
}
