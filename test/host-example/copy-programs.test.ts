import { chmod, mkdir, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { copyPrograms } from '../../host-example/embedded-postgres/copy-programs.js';
import { makeFolder } from '../support/run-folder.js';

describe("a copy of PostgreSQL's programs", () => {
  let native: string;
  let place: string;

  beforeEach(async () => {
    const folder = await makeFolder('programs');
    native = join(folder, 'native');
    place = join(folder, 'temp', 'postgres');
    await mkdir(join(folder, 'temp'));
    await mkdir(join(native, 'bin'), { recursive: true });
    for (const name of ['initdb', 'postgres']) await writeFile(join(native, 'bin', name), name, { mode: 0o600 });
  });

  const expectWhole = async (): Promise<void> => {
    expect(await readdir(join(place, 'native', 'bin'))).to.have.members(['initdb', 'postgres']);
    expect((await stat(join(place, 'native', 'bin', 'postgres'))).mode & 0o777).to.equal(0o755);
    // Nothing else is left.
    expect(await readdir(join(place, '..'))).to.deep.equal(['postgres']);
  };

  it('is the first of those made at the same time, and stays where it is used', async () => {
    const copies = Array.from({ length: 4 }, () => copyPrograms(native, place));
    expect(await Promise.race(copies)).to.equal(join(place, 'native'));
    const { ino } = await stat(place);
    expect(new Set(await Promise.all(copies))).to.deep.equal(new Set([join(place, 'native')]));
    expect((await stat(place)).ino).to.equal(ino);
    await expectWhole();
  });

  it('is made anew where files of it were swept away', async () => {
    await copyPrograms(native, place);
    await rm(join(place, 'native', 'bin', 'initdb'));
    await copyPrograms(native, place);
    await expectWhole();
    await rm(join(place, 'native'), { recursive: true });
    await copyPrograms(native, place);
    await expectWhole();
  });

  it('is not taken from a folder that others can write to', async () => {
    await mkdir(place);
    await chmod(place, 0o777);
    const outcome = await copyPrograms(native, place).catch((error: unknown) => error);
    expect(outcome).to.be.an('error').with.property('message').that.includes('belongs to somebody else');
  });
});
