import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { makeFolder } from '../support/run-folder.js';

export interface RedisServer {
  /** The path of its Unix socket. */
  readonly socket: string;
  stop(): Promise<void>;
}

/** A Redis of the test's own behind a Unix socket, or undefined where none is installed (Debian: `redis-server`). */
export async function startRedis(): Promise<RedisServer | undefined> {
  const folder = await makeFolder('redis');
  const socket = `${folder}/redis.sock`;
  const server = spawn('redis-server', ['--port', '0', '--unixsocket', socket, '--save', '', '--dir', folder]);
  const failed = new Promise<false>((resolve) => server.once('error', () => resolve(false)));
  const ready = new Promise<true>((resolve) => {
    server.stdout.on('data', (text: Buffer) => /ready to accept connections/i.test(text.toString()) && resolve(true));
  });
  if (!(await Promise.race([failed, ready]))) return undefined;
  return {
    socket,
    async stop() {
      const exited = once(server, 'exit');
      server.kill('SIGKILL');
      await exited;
    },
  };
}
