import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmod, chown, mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Binaries } from './binaries.js';
import type { ServerUser } from './server-user.js';

/** A data folder that a server can be started on. */
export interface Cluster {
  /** The caller's folder: `cluster` for PostgreSQL, and the password beside it. */
  readonly dataDir: string;
  readonly clusterDir: string;
  readonly password: string;
}

export const superuser = 'chat';

interface Place {
  readonly dataDir: string;
  readonly binaries: Binaries;
  readonly user: ServerUser | undefined;
}

/** Opens what is in the folder, or makes a new cluster there. A folder of another major version is refused. */
export async function openCluster({ dataDir, binaries, user }: Place): Promise<Cluster> {
  const clusterDir = join(dataDir, 'cluster');
  if (user !== undefined) await chown(dataDir, user.uid, user.gid);
  const password = await keepPassword(join(dataDir, 'password'), user);
  const version = await majorVersionOf(clusterDir);
  if (version === undefined) await makeCluster({ dataDir, binaries, user }, clusterDir);
  else if (version !== binaries.major) {
    throw new Error(
      `embedded PostgreSQL: ${clusterDir} was made by PostgreSQL ${version} and this is ${binaries.major}: remove the folder to start anew`,
    );
  }
  return { dataDir, clusterDir, password };
}

/**
 * How to name a folder to a program that runs in it. Where root started us, the parents of the folder may be closed to the
 * server's user (a checkout below /root), so Linux is asked for the working directory, which it was given before root
 * was dropped.
 */
export function folderArgument(workingDirectory: string, user: ServerUser | undefined): string {
  return user !== undefined && process.platform === 'linux' ? '/proc/self/cwd' : workingDirectory;
}

/** The PG* variables of the person's shell are meant for clients, and some of them for other servers. */
export function serverEnvironment(): NodeJS.ProcessEnv {
  const own = Object.entries(process.env).filter(([name]) => !name.startsWith('PG') && !name.startsWith('LC_'));
  return { ...Object.fromEntries(own), LC_ALL: 'C' };
}

/** Made under another name and renamed when whole: one that was interrupted is never taken for a cluster. */
async function makeCluster({ dataDir, binaries, user }: Place, clusterDir: string): Promise<void> {
  const unfinished = join(dataDir, 'cluster.new');
  await rm(unfinished, { recursive: true, force: true });
  await mkdir(unfinished, { mode: 0o700 });
  if (user !== undefined) await chown(unfinished, user.uid, user.gid);
  const options = ['--username', superuser, '--pwfile', join('..', 'password'), '--auth', 'scram-sha-256'];
  // The password is 192 random bits: there is nothing for many rounds of hashing to slow down, but each connection.
  const settings = ['--encoding', 'UTF8', '--locale', 'C', '--no-sync', '--set', 'scram_iterations=1'];
  try {
    await promisify(execFile)(binaries.initdb, ['-D', folderArgument(unfinished, user), ...options, ...settings], {
      ...user,
      cwd: unfinished,
      env: serverEnvironment(),
    });
  } catch (error) {
    const { stderr, message } = error as { stderr?: string; message: string };
    const line = /^initdb: (?:error|fatal): (.*)$/m.exec(stderr ?? '')?.[1] ?? message.split('\n')[0];
    throw new Error(`embedded PostgreSQL: it cannot make its data folder ${clusterDir}: ${line}`, { cause: error });
  }
  await rename(unfinished, clusterDir);
}

async function keepPassword(file: string, user: ServerUser | undefined): Promise<string> {
  try {
    await writeFile(file, randomBytes(24).toString('hex'), { flag: 'wx', mode: 0o600 });
    await chmod(file, 0o600);
    if (user !== undefined) await chown(file, user.uid, user.gid);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw unreadable(file, error);
  }
  return readFile(file, 'utf8').catch((error: unknown) => {
    throw unreadable(file, error);
  });
}

async function majorVersionOf(clusterDir: string): Promise<string | undefined> {
  if ((await stat(clusterDir).catch(() => undefined)) === undefined) return undefined;
  const version = await readFile(join(clusterDir, 'PG_VERSION'), 'utf8').catch((error: unknown) => {
    throw unreadable(clusterDir, error);
  });
  return version.trim();
}

function unreadable(path: string, cause: unknown): Error {
  const code = (cause as NodeJS.ErrnoException).code ?? 'unknown error';
  return new Error(
    `embedded PostgreSQL: ${path} cannot be used (${code}): is it somebody else's? Remove it to start anew`,
    {
      cause,
    },
  );
}
