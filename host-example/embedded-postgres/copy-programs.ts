import { chmod, cp, lstat, mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * Copies the folder of programs to `place`, where everybody can read and run them, and returns the copy's path. A whole
 * copy that is there is used: it is made whole before it gets its name, and of processes that copy at the same time the
 * first gives it, for it starts its server from there at once.
 */
export async function copyPrograms(native: string, place: string): Promise<string> {
  const copy = join(place, 'native');
  if (await isWholeCopy(native, place)) return copy;
  const fresh = await makeCopy(native, place);
  try {
    await rename(fresh, place);
  } catch {
    if (await isWholeCopy(native, place)) await rm(fresh, { recursive: true, force: true });
    else await takePlace(fresh, place);
  }
  return copy;
}

async function makeCopy(native: string, place: string): Promise<string> {
  const fresh = await mkdtemp(`${place}-`);
  const copy = join(fresh, 'native');
  await cp(native, copy, { recursive: true, verbatimSymlinks: true });
  await chmod(fresh, 0o755);
  await chmod(copy, 0o755);
  // Whatever the umask made of the modes, the server's user must read and run it all.
  for (const entry of await readdir(copy, { recursive: true, withFileTypes: true })) {
    if (!entry.isSymbolicLink()) await chmod(join(entry.parentPath, entry.name), 0o755);
  }
  return fresh;
}

/** A broken copy is out of the way in one step: to remove it where it is would take long enough to meet the next one. */
async function takePlace(fresh: string, place: string): Promise<void> {
  const broken = `${fresh}-broken`;
  await rename(place, broken);
  await rename(fresh, place);
  await rm(broken, { recursive: true, force: true });
}

/** A temp folder is swept file by file on some systems, and on others anybody may have put a folder there. */
async function isWholeCopy(native: string, place: string): Promise<boolean> {
  const found = await lstat(place).catch(() => undefined);
  if (found === undefined) return false;
  if (
    process.getuid !== undefined &&
    (found.uid !== process.getuid() || (found.mode & 0o022) !== 0 || !found.isDirectory())
  ) {
    throw new Error(`embedded PostgreSQL: ${place} is in the way and belongs to somebody else`);
  }
  const names = await Promise.all(
    [native, join(place, 'native')].map((dir) => readdir(dir, { recursive: true }).catch(() => [])),
  );
  const present = new Set(names[1]);
  return names[0]?.every((name) => present.has(name)) ?? false;
}
