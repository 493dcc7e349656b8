/**
 * The process that looks into pictures, apart from the host's: what a hostile file does to a decoder ends here. It has
 * none of the host's environment, yields to it in processor time, and goes when the host goes.
 */
import { writeFile } from 'node:fs/promises';
import { yieldToOthers } from './yield-to-others.js';
import { RefusedImage, type RenderTask, type WorkerAnswer } from './worker-protocol.js';

function answer(message: WorkerAnswer): void {
  // The channel is closed only when nobody waits for the answer any more.
  if (process.connected) process.send?.(message, undefined, undefined, () => undefined);
}

function describe(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : 'unknown';
}

async function start(): Promise<void> {
  // A terminal's Ctrl-C reaches every process, and so does what stops a service (systemd); the host decides when this one
  // ends: it may have pictures to finish first.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined);
  process.on('disconnect', () => process.exit());
  // Linux, out of memory, ends this process and not the host's.
  await writeFile('/proc/self/oom_score_adj', '500').catch(() => undefined);
  await yieldToOthers();
  const { configureSharp, render } = await import('./render.js');
  configureSharp();
  process.on('message', (task: RenderTask) => {
    render(task).then(
      (image) => answer({ kind: 'rendered', image }),
      (error: unknown) =>
        answer(
          error instanceof RefusedImage
            ? { kind: 'refused', refusal: error.refusal }
            : { kind: 'failed', problem: describe(error), code: (error as NodeJS.ErrnoException).code },
        ),
    );
  });
  answer({ kind: 'ready' });
}

start().catch((error: unknown) => {
  answer({ kind: 'unusable', problem: describe(error) });
});
