import { chatError, type ChatError } from '../../errors.js';
import type { Logger } from '../../logger.js';
import { startWorkerProcess, type WorkerProcess } from './worker-process.js';
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
   * @throws ChatError `unsupported_image_type` or `image_too_large`, with the reason; `rate_limited` when too many wait;
   *   `shutting_down`. The signal's reason when it fires before the turn comes.
   */
  render(task: RenderTask, signal?: AbortSignal): Promise<RenderedImage>;
  close(): Promise<void>;
}

/** More than wait like this would not be answered while anybody still cares. */
const longestQueue = 200;
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

  async function workOn(job: Job, starting: Promise<WorkerProcess>): Promise<void> {
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
      job.reject(closed ? chatError('shutting_down', { cause: error }) : error);
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
    let late = false;
    const timer = setTimeout(() => {
      late = true;
      void worker.kill();
    }, timeoutMs).unref();
    try {
      return await worker.run(task);
    } catch (error) {
      if (late) throw refused({ code: 'image_too_large', reason: 'takes_too_long' });
      // The file did this to its decoder, and would again.
      if (!closed) logger.error({ err: error }, 'an image ended the process that was to render it');
      throw refused({ code: 'unsupported_image_type', reason: 'damaged' });
    } finally {
      clearTimeout(timer);
    }
  }

  return {
    render(task, signal) {
      if (closed) return Promise.reject(chatError('shutting_down'));
      if (queue.length >= longestQueue) return Promise.reject(chatError('rate_limited', { retryAfterSeconds: 10 }));
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
  throw new Error(`an image could not be rendered: ${answer.kind === 'ready' ? 'no answer' : answer.problem}`);
}

function refused({ code, reason }: Refusal): ChatError {
  return chatError(code, { details: { reason } });
}
