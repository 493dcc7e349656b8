import { randomBytes } from 'node:crypto';
import { link, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * The secret that URLs are signed with: the given one, or one made once and kept in the folder, readable by its owner
 * alone. Read at the first call and then remembered; a failure is tried again.
 */
export function loadSecret(dir: string, given: string | undefined): () => Promise<Buffer> {
  let loaded: Promise<Buffer> | undefined;
  return () => {
    loaded ??= (given === undefined ? readOrMake(dir) : Promise.resolve(Buffer.from(given))).catch((error: unknown) => {
      loaded = undefined;
      throw error;
    });
    return loaded;
  };
}

async function readOrMake(dir: string): Promise<Buffer> {
  const file = join(dir, 'secret');
  const kept = await readIfThere(file);
  if (kept !== null) return parse(kept);

  await mkdir(dir, { recursive: true, mode: 0o700 });
  // Linked into place whole: of processes that start at once all read the one that came first.
  const draft = join(dir, `secret-${randomBytes(8).toString('hex')}`);
  try {
    await writeFile(draft, `${randomBytes(32).toString('hex')}\n`, { mode: 0o600, flag: 'wx', flush: true });
    await link(draft, file).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error;
    });
  } finally {
    await rm(draft, { force: true });
  }
  return parse(await readFile(file, 'utf8'));
}

async function readIfThere(file: string): Promise<string | null> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

function parse(text: string): Buffer {
  const secret = Buffer.from(text.trim(), 'hex');
  if (secret.length !== 32)
    throw new Error('the secret in the image folder is damaged: remove it, and a new one is made');
  return secret;
}
