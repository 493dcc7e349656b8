import { mkdir, readdir, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { removeAbandonedFolders, withTempFolder } from '../../lib/temp-folders.js';
import { makeFolder } from '../support/run-folder.js';

describe('a folder for the files of one request', () => {
  let tempDir: string;
  beforeEach(async () => void (tempDir = await makeFolder('temp')));

  it('goes when the work is done, well or not', async () => {
    const found = await withTempFolder(tempDir, async (folder) => {
      await writeFile(join(folder, 'photo'), 'x');
      return readdir(tempDir);
    });
    expect(found).to.have.lengthOf(1);
    await withTempFolder(tempDir, () => Promise.reject(new Error('no'))).catch(() => undefined);
    expect(await readdir(tempDir)).to.deep.equal([]);
  });

  it('says that there is no room as the store does, and no path', async function () {
    if (process.platform !== 'linux') this.skip();
    const error: unknown = await withTempFolder(tempDir, () => writeFile('/dev/full', 'x')).catch((e: unknown) => e);
    expect(error).to.include({ code: 'image_store_unavailable' });
    expect(String((error as Error).cause)).to.equal('Error: the folder for temporary files is full');
  });

  it('is removed by whoever comes later, when its process was killed; others are not', async () => {
    const names = ['koa-chat-images-old', 'koa-chat-images-new', 'of-the-host'];
    for (const name of names) {
      await mkdir(join(tempDir, name));
      await writeFile(join(tempDir, name, 'photo'), 'x');
    }
    for (const name of ['koa-chat-images-old', 'of-the-host']) await utimes(join(tempDir, name), 0, 0);
    await removeAbandonedFolders(tempDir);
    expect((await readdir(tempDir)).sort()).to.deep.equal(['koa-chat-images-new', 'of-the-host']);
    await removeAbandonedFolders(join(tempDir, 'none'));
  });
});
