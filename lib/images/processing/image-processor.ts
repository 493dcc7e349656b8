import { chatError, type ChatError } from '../../errors.js';
import type { Logger } from '../../logger.js';
import { startWorkerProcess, WorkerGone, type WorkerProcess } from './worker-process.js';
import type { Refusal, RenderedImage, RenderTask, WorkerAnswer } from './worker-protocol.js';

export interface ImageProcessorOptions {
  /** Pictures that are processed at the same time, each in a process of its own. */
  readonly processes: number;
  /** How long one picture may take. Milliseconds. */
  readonly timeoutMs: number;
  /** How long a process may take to be ready for its first picture. Milliseconds. Default 30,000. */
  readonly startTimeoutMs?: number;
  readonly logger: Logger;
}

export interface ImageProcessor {
  /**
   * Renders a picture when its turn comes.
   * @throws ChatError `unsupported_image_type` or `image_too_large`, with the reason: these alone judge the file. The same
   *   file may do another time after `rate_limited`, when too many wait or the machine is too busy for any; after
   *   `internal_error`, when two processes in a row ended over it; and after `shutting_down`. The signal's reason when it
   *   fires before the turn comes.
   */
  render(task: RenderTask, signal?: AbortSignal): Promise<RenderedImage>;
  close(): Promise<void>;
}

/** More than wait like this would not be answered while anybody still cares. */
const longestQueue = 200;
/** When it makes sense to come again, to a machine that is too busy now. */
const retryAfterSeconds = 10;
/** A process without work goes after this. */
const idleMs = 30_000;
/** A hundred times what it takes: on a busy machine these processes come last. */
const longestStartMs = 30_000;

interface Job {
  readonly task: RenderTask;
  resolve(image: RenderedImage): void;
  reject(reason: unknown): void;
}

interface IdleWorker {
  readonly worker: WorkerProcess;
  readonly timer: NodeJS.Timeout;
}

/**
 * Renders pictures in processes of its own, so that none of this touches the host's: not a decoder that crashes, not
 * memory, not a picture without end. The first picture starts the first process; a pause ends them.
 */
export function createImageProcessor(options: ImageProcessorOptions): ImageProcessor {
  const { processes, timeoutMs, startTimeoutMs = longestStartMs, logger } = options;
  const queue: Job[] = [];
  const idle = new Set<IdleWorker>();
  const busy = new Set<Promise<WorkerProcess>>();
  const closing = new AbortController();
  let closed = false;

  function startNext(): void {
    while (busy.size < processes) {
      const job = queue.shift();
      if (job === undefined) return;
      void workOn(job, takeIdle() ?? start());
    }
  }

  async function start(): Promise<WorkerProcess> {
    try {
      return await startWorkerProcess(startTimeoutMs, closing.signal);
    } catch (err) {
      if (!closed) logger.error({ err }, 'a process for images could not be started');
      throw err;
    }
  }

  function takeIdle(): Promise<WorkerProcess> | undefined {
    for (const one of idle) {
      clearTimeout(one.timer);
      idle.delete(one);
      if (one.worker.isAlive) return Promise.resolve(one.worker);
    }
    return undefined;
  }

  async function workOn(job: Job, starting: Promise<WorkerProcess>, isSecondTry = false): Promise<void> {
    busy.add(starting);
    try {
      const worker = await starting;
      const answer = await answerOf(worker, job.task);
      // Free before anybody hears of it: whoever comes next finds the process, and starts none.
      busy.delete(starting);
      rest(worker);
      job.resolve(outcome(answer));
    } catch (error) {
      busy.delete(starting);
      if (error instanceof WorkerGone && !closed && !isSecondTry) {
        // It need not have been the file: a system short of memory ends processes, and so does whoever stops a service.
        logger.warn({ err: error }, 'a process for images ended at its work, which another takes on');
        return workOn(job, start(), true);
      }
      job.reject(closed ? chatError('shutting_down', { cause: error }) : reasonOf(error));
    }
    startNext();
  }

  function rest(worker: WorkerProcess): void {
    const timer = setTimeout(() => {
      idle.delete(one);
      void worker.kill();
    }, idleMs);
    const one: IdleWorker = { worker, timer: timer.unref() };
    idle.add(one);
  }

  async function answerOf(worker: WorkerProcess, task: RenderTask): Promise<WorkerAnswer> {
    let tooLate: ChatError | undefined;
    const usedBefore = worker.cpuMs() ?? 0;
    const timer = setTimeout(() => {
      const usedMs = (worker.cpuMs() ?? Infinity) - usedBefore;
      tooLate =
        usedMs < timeoutMs / 2 ? starved(usedMs) : refused({ code: 'image_too_large', reason: 'takes_too_long' });
      void worker.kill();
    }, timeoutMs).unref();
    try {
      return await worker.run(task);
    } catch (error) {
      // Also one that is well: it was given something that it could not be sent.
      void worker.kill();
      throw tooLate ?? error;
    } finally {
      clearTimeout(timer);
    }
  }

  /** These processes have what time others leave: a picture that got little of it is not to blame. */
  function starved(usedMs: number): ChatError {
    logger.warn({ usedMs, timeoutMs }, 'the machine is too busy for an image, which is to be sent again');
    return chatError('rate_limited', { retryAfterSeconds });
  }

  /** Clients try a few times after this, and not for ever: a file that ends each process it comes to is possible too. */
  function reasonOf(error: unknown): unknown {
    if (!(error instanceof WorkerGone)) return error;
    logger.error({ err: error }, 'two processes for images ended over one image');
    return chatError('internal_error', { retryAfterSeconds, cause: error });
  }

  return {
    render(task, signal) {
      if (closed) return Promise.reject(chatError('shutting_down'));
      if (queue.length >= longestQueue) return Promise.reject(chatError('rate_limited', { retryAfterSeconds }));
      if (signal?.aborted) return Promise.reject(signal.reason as Error);
      return new Promise((resolve, reject) => {
        const job: Job = { task, resolve, reject };
        // One that has begun is not worth ending a process for.
        const leave = (): void => {
          const place = queue.indexOf(job);
          if (place < 0) return;
          queue.splice(place, 1);
          reject(signal?.reason as Error);
        };
        signal?.addEventListener('abort', leave, { once: true });
        queue.push(job);
        startNext();
      });
    },

    async close() {
      closed = true;
      closing.abort();
      for (const job of queue.splice(0)) job.reject(chatError('shutting_down'));
      for (const { timer } of idle) clearTimeout(timer);
      const workers = [...[...idle].map(({ worker }) => worker), ...(await Promise.allSettled(busy)).flatMap(started)];
      idle.clear();
      await Promise.all(workers.map((worker) => worker.kill()));
    },
  };
}

function started(result: PromiseSettledResult<WorkerProcess>): WorkerProcess[] {
  return result.status === 'fulfilled' ? [result.value] : [];
}

function outcome(answer: WorkerAnswer): RenderedImage {
  if (answer.kind === 'rendered') return answer.image;
  if (answer.kind === 'refused') throw refused(answer.refusal);
  const { problem, code } = answer.kind === 'ready' ? { problem: 'no answer' } : answer;
  throw Object.assign(new Error(`an image could not be rendered: ${problem}`), { code });
}

function refused({ code, reason }: Refusal): ChatError {
  return chatError(code, { details: { reason } });
}
