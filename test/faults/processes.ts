import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import type { HostOrder, HostSettings } from './host.js';

/** One of the service's processes: a place that has the same address whatever process is in it. */
export interface ServiceProcess {
  readonly url: string;
  order(order: HostOrder): void;
  /** kill -9, and resolves once it is gone. */
  kill(): Promise<void>;
  /** Asks it to end in good order, and resolves once it has. */
  close(): Promise<void>;
  /** Starts a new process in the place of one that is gone; resolves once it listens. */
  start(): Promise<void>;
  /** Resolves when the process that is there now is gone, expected or not. */
  gone(): Promise<void>;
}

/** Ends of processes that nobody asked for, with what they last said. */
export type UnexpectedEnd = (what: string) => void;

export async function createServiceProcess(
  settings: Omit<HostSettings, 'port'>,
  unexpected: UnexpectedEnd,
): Promise<ServiceProcess> {
  const port = await freePort();
  let child: ChildProcess | undefined;
  /** Processes whose end was asked for. */
  const condemned = new WeakSet<ChildProcess>();

  async function start(): Promise<void> {
    const started = fork(fileURLToPath(new URL('host.ts', import.meta.url)), [JSON.stringify({ ...settings, port })], {
      execArgv: ['--import', 'tsx/esm'],
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    child = started;
    let said = '';
    const listen = (text: Buffer): void => void (said = (said + text.toString()).slice(-4_000));
    started.stdout?.on('data', listen);
    started.stderr?.on('data', listen);
    const ended = once(started, 'exit').then(([code, signal]) => {
      if (!condemned.has(started)) unexpected(`a process ended by itself (${code ?? signal}): ${said}`);
    });
    await Promise.race([once(started, 'message'), ended]);
  }

  async function end(ask: (child: ChildProcess) => void): Promise<void> {
    const ending = child;
    if (ending === undefined || hasEnded(ending)) return;
    condemned.add(ending);
    const ended = once(ending, 'exit');
    ask(ending);
    await ended;
  }

  return {
    url: `http://127.0.0.1:${port}`,
    start,
    order(order) {
      if (child === undefined) return;
      if (order === 'die after the next commit') condemned.add(child);
      child.send(order);
    },
    kill: () => end((ending) => ending.kill('SIGKILL')),
    close: () => end((ending) => ending.send('close' satisfies HostOrder)),
    async gone() {
      if (child !== undefined && !hasEnded(child)) await once(child, 'exit');
    },
  };
}

function hasEnded({ exitCode, signalCode }: ChildProcess): boolean {
  return exitCode !== null || signalCode !== null;
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address() as AddressInfo;
  probe.close();
  await once(probe, 'close');
  return port;
}
