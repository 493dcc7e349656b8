import { execFile } from 'node:child_process';
import { stat } from 'node:fs/promises';
import { promisify } from 'node:util';

/** The account that the server runs under, as `spawn` takes it. */
export interface ServerUser {
  readonly uid: number;
  readonly gid: number;
}

const run = promisify(execFile);

/**
 * PostgreSQL refuses to run as root. For root this is the owner of the data folder (so that the same folder also works for
 * that person without root), else `postgres`, else `nobody`; for everybody else undefined: run it as we are.
 */
export async function chooseServerUser(dataDir: string): Promise<ServerUser | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  const owner = (await stat(dataDir)).uid;
  for (const account of [...(owner === 0 ? [] : [String(owner)]), 'postgres', 'nobody']) {
    const user = await lookUp(account);
    if (user !== undefined) return user;
  }
  throw new Error(
    'embedded PostgreSQL: it cannot run as root, and there is no account postgres or nobody to run it as',
  );
}

/** `initdb` needs an account with a name, so a bare number that the system does not know is no use. */
async function lookUp(account: string): Promise<ServerUser | undefined> {
  try {
    const [uid, gid] = await Promise.all([run('id', ['-u', account]), run('id', ['-g', account])]);
    return { uid: Number(uid.stdout), gid: Number(gid.stdout) };
  } catch {
    return undefined;
  }
}
