import { fork, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { resultWithinMs } from '../../within.js';
import { cpuMsOf } from './cpu-time.js';
import type { RenderTask, WorkerAnswer } from './worker-protocol.js';

/** A process that renders one picture at a time. */
export interface WorkerProcess {
  /**
   * Resolves with what became of the task.
   * @throws WorkerGone when the process is gone before it said so.
   */
  run(task: RenderTask): Promise<WorkerAnswer>;
  /** Ends the process at once and waits until it is gone. Never rejects. */
  kill(): Promise<void>;
  /** As {@link cpuMsOf}. */
  cpuMs(): number | undefined;
  readonly isAlive: boolean;
}

/** The process ended before it answered: by a signal, for want of memory, or by what it was to decode. */
export class WorkerGone extends Error {
  override readonly name = 'WorkerGone';

  constructor({ exitCode, signalCode }: ChildProcess) {
    super(`the process for images ended before it answered (${signalCode ?? exitCode ?? 'not started'})`);
  }
}

/** Beside this file, with its ending: from sources it is TypeScript. */
const entry = fileURLToPath(new URL(`./worker${import.meta.url.endsWith('.ts') ? '.ts' : '.js'}`, import.meta.url));

/** For JavaScript alone; pixels lie elsewhere. */
const heapLimit = '--max-old-space-size=256';

/**
 * Starts a worker, which needs about a quarter of a second and 60 MB. `closing` ends it at any time.
 * @throws Error when it cannot work (sharp is not installed for this platform), or is not ready within `timeoutMs`.
 */
export async function startWorkerProcess(timeoutMs: number, closing: AbortSignal): Promise<WorkerProcess> {
  const child = fork(entry, [], {
    execArgv: entry.endsWith('.ts') ? [...process.execArgv, heapLimit] : [heapLimit],
    env: workerEnvironment(),
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    signal: closing,
    killSignal: 'SIGKILL',
  });
  // What it fails with is seen by whoever waits for an answer.
  child.on('error', () => undefined);

  const tooLate = (): Error => {
    child.kill('SIGKILL');
    return new Error(`the process for images was not ready within ${timeoutMs} ms`);
  };
  const ready = await resultWithinMs(timeoutMs, nextAnswer(child), tooLate).finally(() => unref(child));
  if (ready.kind !== 'ready') {
    child.kill('SIGKILL');
    throw new Error(`the process for images cannot work: ${ready.kind === 'unusable' ? ready.problem : ready.kind}`);
  }
  return {
    async run(task) {
      // A send that fails has its reason in the exit that nextAnswer sees; what cannot be sent at all throws here.
      child.send(task, () => undefined);
      child.ref();
      child.channel?.ref();
      return nextAnswer(child).finally(() => unref(child));
    },
    async kill() {
      if (hasEnded(child)) return;
      child.ref();
      child.kill('SIGKILL');
      // Not by `once` of events, which rejects on an error: `closing` makes one, of a child that is being killed too.
      await new Promise((resolve) => child.once('exit', resolve));
    },
    cpuMs: () => cpuMsOf(child.pid),
    get isAlive() {
      return !hasEnded(child) && child.connected;
    },
  };
}

/** Without work it keeps no host alive. */
function unref(child: ChildProcess): void {
  child.unref();
  child.channel?.unref();
}

function hasEnded(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null;
}

function nextAnswer(child: ChildProcess): Promise<WorkerAnswer> {
  return new Promise((resolve, reject) => {
    const onMessage = (answer: unknown): void => settle(() => resolve(answer as WorkerAnswer));
    const onExit = (): void => settle(() => reject(new WorkerGone(child)));
    const settle = (conclude: () => void): void => {
      child.off('message', onMessage).off('exit', onExit).off('error', onExit);
      conclude();
    };
    child.on('message', onMessage).on('exit', onExit).on('error', onExit);
    if (hasEnded(child)) onExit();
  });
}

/** What a program needs to run at all, and none of the host's secrets. */
function workerEnvironment(): NodeJS.ProcessEnv {
  const names = ['PATH', 'LD_LIBRARY_PATH', 'DYLD_LIBRARY_PATH', 'TMPDIR', 'TEMP', 'TMP', 'SystemRoot'];
  return Object.fromEntries(
    names.flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]]])),
  );
}
