import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { makeFolder } from '../support/run-folder.js';

export interface RedisServer {
  /** The path of its Unix socket, the same over all restarts. */
  readonly socket: string;
  /** kill -9: it keeps nothing. */
  crash(): Promise<void>;
  restart(): Promise<void>;
  /** It is there, and answers nothing. */
  pause(): void;
  resume(): void;
  stop(): Promise<void>;
}

/** A Redis of the test's own behind a Unix socket, or undefined where none is installed (Debian: `redis-server`). */
export async function startRedis(): Promise<RedisServer | undefined> {
  const folder = await makeFolder('redis');
  const socket = `${folder}/redis.sock`;
  const first = await launch(folder, socket);
  if (first === undefined) return undefined;
  let server = first;

  async function kill(): Promise<void> {
    if (server.exitCode !== null || server.signalCode !== null) return;
    const exited = once(server, 'exit');
    server.kill('SIGKILL');
    await exited;
  }

  return {
    socket,
    crash: kill,
    async restart() {
      const next = await launch(folder, socket);
      if (next === undefined) throw new Error('Redis does not start again');
      server = next;
    },
    pause: () => void server.kill('SIGSTOP'),
    resume: () => void server.kill('SIGCONT'),
    stop: kill,
  };
}

/** Resolves once it takes connections. */
async function launch(folder: string, socket: string): Promise<ChildProcess | undefined> {
  const server = spawn('redis-server', ['--port', '0', '--unixsocket', socket, '--save', '', '--dir', folder]);
  const failed = new Promise<false>((resolve) => server.once('error', () => resolve(false)));
  const ready = new Promise<true>((resolve) => {
    server.stdout.on('data', (text: Buffer) => /ready to accept connections/i.test(text.toString()) && resolve(true));
  });
  return (await Promise.race([failed, ready])) ? server : undefined;
}
