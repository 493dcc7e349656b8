import { rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { diskImageStore, s3ImageStore, type ImageStore } from '../../lib/index.js';
import { makeBucket, s3Endpoint } from '../images/stores/s3-bucket.js';
import { makeFolder } from '../support/run-folder.js';
import { startProxy } from '../support/tcp-proxy.js';

/** Where pictures are kept, and how that place fails. */
export interface PicturePlace {
  readonly store: ImageStore;
  fail(): Promise<void>;
  recover(): Promise<void>;
  close(): Promise<void>;
}

/** A folder that turns into a file. */
export async function breakFolder(folder: string): Promise<void> {
  await rename(folder, `${folder}-away`);
  await writeFile(folder, '');
}

export async function mendFolder(folder: string): Promise<void> {
  await rename(folder, `${folder}-file`);
  await rename(`${folder}-away`, folder);
}

export const onDisk = async (): Promise<PicturePlace> => {
  const dir = await makeFolder('canary-images');
  const objects = join(dir, 'objects');
  return {
    store: diskImageStore({ dir }),
    fail: () => breakFolder(objects),
    recover: () => mendFolder(objects),
    close: () => Promise.resolve(),
  };
};

export const inS3 = async (): Promise<PicturePlace> => {
  const bucket = await makeBucket();
  const proxy = await startProxy({ url: s3Endpoint ?? '' });
  return {
    store: s3ImageStore({ ...bucket, endpoint: proxy.url.replace(/\/$/, '') }),
    fail: async () => proxy.turn('cut'),
    recover: async () => proxy.turn('up'),
    close: () => proxy.close(),
  };
};
