import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import { createInterface } from 'node:readline';
import { folderArgument, serverEnvironment, superuser } from './cluster.js';
import { ownershipSettings } from './orphan.js';
import type { Binaries } from './binaries.js';
import type { Cluster } from './cluster.js';
import type { EmbeddedPostgres } from './start.js';
import type { ServerUser } from './server-user.js';

interface ServerOptions {
  readonly cluster: Cluster;
  readonly binaries: Binaries;
  readonly user: ServerUser | undefined;
  readonly fsync: boolean;
  readonly log: (line: string) => void;
}

/** Starts the server and resolves once it takes connections. */
export async function runServer(options: ServerOptions): Promise<EmbeddedPostgres> {
  // A free port can be taken between our look and the server's: then with another one.
  for (let attempt = 1; ; attempt += 1) {
    const port = await freePort();
    const server = launch(options, port);
    const failure = await outcomeOf(server, options.log);
    if (failure === undefined) {
      const url = `postgres://${superuser}:${options.cluster.password}@127.0.0.1:${port}/postgres`;
      return { url, stop: stopperOf(server) };
    }
    if (attempt === 5 || !failure.includes('could not create any TCP/IP sockets')) {
      throw new Error(`embedded PostgreSQL: it does not start: ${failure}`);
    }
  }
}

function launch({ cluster, binaries, user, fsync }: ServerOptions, port: number): ChildProcess {
  const settings = [
    'listen_addresses=127.0.0.1',
    // No socket file in a shared folder: the port is the only door.
    'unix_socket_directories=',
    'max_connections=200',
    ...(fsync ? [] : ['fsync=off', 'synchronous_commit=off', 'full_page_writes=off']),
  ];
  const server = spawn(
    binaries.postgres,
    [
      ...['-D', folderArgument(cluster.clusterDir, user), '-p', String(port)],
      ...settings.flatMap((setting) => ['-c', setting]),
      ...ownershipSettings(cluster.dataDir),
    ],
    {
      ...user,
      cwd: cluster.clusterDir,
      env: serverEnvironment(),
      stdio: ['ignore', 'ignore', 'pipe'],
      // Out of the terminal's process group: on Ctrl-C the application closes first, and then stops its database.
      detached: process.platform !== 'win32',
      windowsHide: true,
    },
  );
  // It holds nobody up who ends without stopping it, and does not outlive them.
  server.unref();
  const interrupt = (): void => interruptServer(server);
  process.once('exit', interrupt);
  server.once('exit', () => process.off('exit', interrupt));
  return server;
}

/** Undefined once the server is ready, or the line that says why it is not. */
async function outcomeOf(server: ChildProcess, log: (line: string) => void): Promise<string | undefined> {
  const stderr = server.stderr as Socket;
  const lines = createInterface({ input: stderr });
  let lastFault = 'it ended without a word';
  const ready = new Promise<undefined>((resolve) => {
    lines.on('line', (line) => {
      log(line);
      const fault = /(?:FATAL|ERROR|PANIC): +(.*)/.exec(line)?.[1];
      if (fault !== undefined) lastFault = fault;
      if (line.includes('ready to accept connections')) resolve(undefined);
    });
  });
  const ended = new Promise<string>((resolve) => {
    server.on('error', (error) => resolve(error.message));
    // Once everything it said was read, which its exit alone does not mean.
    server.once('close', () => resolve(lastFault));
  });
  const outcome = await Promise.race([ready, ended]);
  stderr.unref();
  return outcome;
}

/** The fast shutdown. (On Windows this ends the process at once, and the next start recovers from the log.) */
function interruptServer(server: ChildProcess): void {
  server.kill('SIGINT');
}

function stopperOf(server: ChildProcess): () => Promise<void> {
  let stopped: Promise<void> | undefined;
  const stop = async (): Promise<void> => {
    if (server.exitCode !== null || server.signalCode !== null) return;
    server.ref();
    const gone = once(server, 'exit');
    interruptServer(server);
    const impatient = setTimeout(() => server.kill('SIGQUIT'), 20_000);
    await gone;
    clearTimeout(impatient);
  };
  return () => (stopped ??= stop());
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address() as AddressInfo;
  probe.close();
  await once(probe, 'close');
  return port;
}
