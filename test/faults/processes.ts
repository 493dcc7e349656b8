import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import type { HostOrder, HostSettings, Measure } from './host.js';
import { startTcpProxy, type TcpProxy } from './tcp-proxy.js';

/** One of the service's processes: a place that has the same address whatever process is in it. */
export interface ServiceProcess {
  /** Through the proxy. */
  readonly url: string;
  /** Between the clients and the process. */
  readonly proxy: TcpProxy;
  order(order: HostOrder): void;
  measure(): Promise<Measure>;
  /** kill -9, and resolves once it is gone. */
  kill(): Promise<void>;
  /** Asks it to end in good order, and resolves once it has. */
  close(): Promise<void>;
  /** Starts a new process in the place of one that is gone; resolves once it listens. */
  start(): Promise<void>;
  /** Resolves when the process that is there now is gone, expected or not. */
  gone(): Promise<void>;
  /** Kills it for good. */
  stop(): Promise<void>;
}

/** Its exit code, or the signal that ended it. */
type End = 0 | 'SIGKILL';

/** The 10 s that what is in flight may take, and what the machine needs for the rest. Whoever takes longer is killed. */
const closeDueMs = 12_000;

/** Ends of processes other than they were asked for, with what they last said. */
export type UnexpectedEnd = (what: string) => void;

export async function createServiceProcess(
  settings: Omit<HostSettings, 'port'>,
  unexpected: UnexpectedEnd,
): Promise<ServiceProcess> {
  const port = await freePort();
  const proxy = await startTcpProxy(port);
  let child: ChildProcess | undefined;
  /** Processes whose end was asked for, and how they should end. */
  const condemned = new WeakMap<ChildProcess, End>();

  async function start(): Promise<void> {
    const started = fork(fileURLToPath(new URL('host.ts', import.meta.url)), [JSON.stringify({ ...settings, port })], {
      execArgv: ['--import', 'tsx/esm', '--expose-gc'],
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    child = started;
    let said = '';
    const listen = (text: Buffer): void => void (said = (said + text.toString()).slice(-4_000));
    started.stdout?.on('data', listen);
    started.stderr?.on('data', listen);
    const ended = once(started, 'exit').then(([code, signal]) => {
      const asked = condemned.get(started);
      if ((code ?? signal) !== asked)
        unexpected(`a process ended with ${code ?? signal}, and ${asked ?? 'no end'} was asked for: ${said}`);
    });
    await Promise.race([once(started, 'message'), ended]);
  }

  async function end(how: End, ask: (child: ChildProcess) => void): Promise<void> {
    const ending = child;
    if (ending === undefined || hasEnded(ending)) return;
    condemned.set(ending, how);
    const ended = once(ending, 'exit');
    ask(ending);
    await ended;
  }

  const kill = (): Promise<void> => end('SIGKILL', (ending) => ending.kill('SIGKILL'));

  async function close(): Promise<void> {
    let late: NodeJS.Timeout | undefined;
    await end(0, (ending) => {
      ending.send('close' satisfies HostOrder);
      late = setTimeout(() => ending.kill('SIGKILL'), closeDueMs);
    });
    clearTimeout(late);
  }

  return {
    url: `http://127.0.0.1:${proxy.port}`,
    proxy,
    start,
    async measure() {
      if (child === undefined) throw new Error('there is no process to measure');
      const answered = once(child, 'message');
      child.send('measure' satisfies HostOrder);
      return ((await answered) as [Measure])[0];
    },
    order(order) {
      if (child === undefined) return;
      if (order === 'die after the next commit') condemned.set(child, 'SIGKILL');
      child.send(order);
    },
    kill,
    close,
    async gone() {
      if (child !== undefined && !hasEnded(child)) await once(child, 'exit');
    },
    async stop() {
      await kill();
      await proxy.close();
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
