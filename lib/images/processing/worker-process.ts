import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { resultWithinMs } from '../../within.js';
import type { RenderTask, WorkerAnswer } from './worker-protocol.js';

/** A process that renders one picture at a time. */
export interface WorkerProcess {
  /** Resolves with what became of the task; rejects when the process is gone before it said so. */
  run(task: RenderTask): Promise<WorkerAnswer>;
  /** Ends the process at once and waits until it is gone. */
  kill(): Promise<void>;
  readonly isAlive: boolean;
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
    run(task) {
      child.ref();
      child.channel?.ref();
      const answer = nextAnswer(child).finally(() => unref(child));
      // A send that fails has its reason in the exit that nextAnswer sees.
      child.send(task, () => undefined);
      return answer;
    },
    async kill() {
      if (hasEnded(child)) return;
      child.ref();
      child.kill('SIGKILL');
      await once(child, 'exit');
    },
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
    const onExit = (): void => settle(() => reject(new Error('the process for images ended before it answered')));
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
