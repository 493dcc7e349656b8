import { createHash, randomBytes } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { StorageEngine } from 'multer';
import type { ReceivedFile } from '../../images/image.js';

/** A file of a form, on disk; multer adds what the client calls it, which nobody reads. */
export type SpooledFile = ReceivedFile;

export interface Spool {
  /** Streams the files of one request into a folder and digests them in passing. */
  readonly storage: StorageEngine;
  /** Resolves when nothing is being written any more. */
  settled(): Promise<unknown>;
}

export function createSpool(folder: string): Spool {
  const writes: Promise<unknown>[] = [];
  return {
    storage: {
      _handleFile(_req, file, done) {
        const written = spool(file.stream, join(folder, randomBytes(8).toString('hex')));
        writes.push(written);
        written.then(
          // multer copies these onto its own record of the file.
          (received) => done(null, received as object),
          (error: unknown) => done(error),
        );
      },
      // The folder goes with the request, whatever is in it.
      _removeFile: (_req, _file, done) => done(null),
    },
    settled: () => Promise.allSettled(writes),
  };
}

async function spool(stream: NodeJS.ReadableStream, path: string): Promise<ReceivedFile> {
  const hash = createHash('sha256');
  let bytes = 0;
  const count = new Transform({
    transform(chunk: Buffer, _encoding, next) {
      bytes += chunk.length;
      hash.update(chunk);
      next(null, chunk);
    },
  });
  await pipeline(stream, count, createWriteStream(path, { flags: 'wx', mode: 0o600 }));
  return { source: { path }, bytes, digest: hash.digest('hex') };
}
