import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import sharp from 'sharp';
import {
  createImageProcessor,
  type ImageProcessor,
  type ImageProcessorOptions,
} from '../../../lib/images/processing/image-processor.js';
import type { RenderTask } from '../../../lib/images/processing/worker-protocol.js';
import { recordingLogger } from '../../support/recording-logger.js';
import { makeFolder } from '../../support/run-folder.js';
import { blocks, expectBlocks } from '../corpus/blocks.js';
import { blackPng } from '../corpus/files.js';
import { limits } from '../corpus/render-file.js';
import { codeOf } from '../stores/code-of.js';
import { hasProc, killWorkersUntil, workerPids } from './worker-processes.js';

describe('the processor of images', function () {
  // Each starts processes, which a busy machine is slow to do.
  this.timeout(60_000);

  const open: ImageProcessor[] = [];
  const log = recordingLogger();
  const processorWith = (options: Partial<ImageProcessorOptions> = {}): ImageProcessor => {
    const processor = createImageProcessor({ processes: 1, timeoutMs: 15_000, logger: log, ...options });
    open.push(processor);
    return processor;
  };
  afterEach(() => Promise.all(open.splice(0).map((processor) => processor.close())));

  it('renders in another process', async () => {
    const task = await taskOf(await blocks().webp({ lossless: true }).toBuffer());
    const image = await processorWith().render(task);
    expect(image).to.include({ contentType: 'image/jpeg', width: 64, height: 48 });
    await expectBlocks(task.output);
  });

  it('tells why a file is refused', async () => {
    const outcome: unknown = await processorWith()
      .render(await taskOf(Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>')))
      .catch((error: unknown) => error);
    expect(outcome).to.include({ code: 'unsupported_image_type' });
    expect(outcome).to.have.deep.property('details', { reason: 'not_an_image' });
  });

  it('renders many that come at once, each once', async () => {
    const processor = processorWith({ processes: 2 });
    const tasks = await Promise.all(Array.from({ length: 12 }, async (_, i) => taskOf(await solid(i + 1))));
    const images = await Promise.all(tasks.map((task) => processor.render(task)));
    expect(images.map(({ width }) => width)).to.deep.equal(tasks.map((_, i) => i + 1));
  });

  it('refuses a picture that takes too long, and goes on with the next', async () => {
    const processor = processorWith({ timeoutMs: 1_000 });
    const task = await taskOf(blackPng(30_000, 30_000));
    const slow = { ...task, limits: { ...limits, maxPixels: 1_000_000_000 } };
    const next = await taskOf(await solid(3));
    const [late, rendered] = await Promise.all([
      processor.render(slow).catch((error: unknown) => error),
      renderInTime(processor, next),
    ]);
    expect(rendered).to.include({ width: 3 });
    // A machine that is too busy to give it half of its time says so instead: see below.
    if ((late as { code?: unknown }).code === 'rate_limited') return;
    expect(late).to.have.deep.property('details', { reason: 'takes_too_long' });
  });

  it('does not blame a picture for the end of the process that rendered it', async function () {
    if (!hasProc) this.skip();
    const processor = processorWith();
    await processor.render(await taskOf(await solid(3)));
    const rendered = processor.render(await taskOf(await solid(4)));
    for (const pid of workerPids()) process.kill(pid, 'SIGKILL');
    expect(await rendered).to.include({ width: 4 });
  });

  it('gives up on a picture over which two processes ended, for now, and goes on with the next', async function () {
    if (!hasProc) this.skip();
    const processor = processorWith();
    await processor.render(await taskOf(await solid(3)));
    const code = codeOf(processor.render(await taskOf(await solid(4))));
    await killWorkersUntil(code);
    expect(await code).to.equal('internal_error');
    expect(await processor.render(await taskOf(await solid(5)))).to.include({ width: 5 });
  });

  it('does not blame a picture for the time that others took', async function () {
    if (!hasProc) this.skip();
    const processor = processorWith({ timeoutMs: 500 });
    await processor.render(await taskOf(await solid(3)));
    // It gets no time at all.
    for (const pid of workerPids()) process.kill(pid, 'SIGSTOP');
    expect(await codeOf(processor.render(await taskOf(await solid(4))))).to.equal('rate_limited');
  });

  it('waits no longer for a process that is never ready than it may take, and makes room for the next', async () => {
    const processor = processorWith({ startTimeoutMs: 250 });
    for (const width of [3, 4]) {
      const outcome = await renderStuck(processor, await taskOf(await solid(width)));
      expect(outcome).to.include({ message: 'the process for images was not ready within 250 ms' });
      expect(log.lines.at(-1)).to.deep.include({
        level: 'error',
        fields: { err: outcome },
        message: 'a process for images could not be started',
      });
    }
  });

  it('closes without waiting for a process that is not ready', async () => {
    const processor = processorWith();
    const stuck = renderStuck(processor, await taskOf(await solid(3)));
    await processor.close();
    expect(await stuck).to.include({ code: 'shutting_down' });
  });

  it('lets those go that wait when nobody waits for them', async () => {
    const processor = processorWith();
    const gone = new AbortController();
    const [first, waiting] = [await taskOf(await solid(3)), await taskOf(await solid(4))];
    const rendered = processor.render(first);
    const outcome = processor.render(waiting, gone.signal).catch((error: unknown) => (error as Error).name);
    gone.abort();
    expect(await outcome).to.equal('AbortError');
    expect(await rendered).to.include({ width: 3 });
  });

  it('takes no more than it can do in good time', async () => {
    const processor = processorWith();
    const task = await taskOf(await solid(3));
    const outcomes = Array.from({ length: 203 }, () => codeOf(processor.render(task)));
    expect(await outcomes.at(-1)).to.equal('rate_limited');
    await processor.close();
    expect(await Promise.all(outcomes.slice(5, -5))).to.include('shutting_down');
  });

  it('says that it closes, to those who wait and to those who come', async () => {
    const processor = processorWith();
    const task = await taskOf(await solid(3));
    const waiting = Array.from({ length: 3 }, () => codeOf(processor.render(task)));
    await processor.close();
    expect(await Promise.all([...waiting, codeOf(processor.render(task))])).to.deep.equal(
      Array(4).fill('shutting_down'),
    );
  });

  /** Starts a process that hangs before it gets to its work. Resolves with what becomes of the picture. */
  function renderStuck(processor: ImageProcessor, task: RenderTask): Promise<unknown> {
    const hang = 'data:text/javascript,setInterval(() => {}, 1000); await new Promise(() => {})';
    process.execArgv.push(`--import=${hang}`);
    try {
      return processor.render(task).catch((error: unknown) => error);
    } finally {
      process.execArgv.pop();
    }
  }

  /** A busy machine may give a picture too little time at first. */
  async function renderInTime(processor: ImageProcessor, task: RenderTask): Promise<unknown> {
    for (;;) {
      const outcome = await processor.render(task).catch((error: unknown) => error);
      if ((outcome as { code?: unknown }).code !== 'rate_limited') return outcome;
    }
  }

  async function taskOf(bytes: Buffer): Promise<RenderTask> {
    const folder = await makeFolder('process');
    const task = {
      input: join(folder, 'input'),
      output: join(folder, 'output'),
      thumbnail: join(folder, 'thumb'),
      limits,
    };
    await writeFile(task.input, bytes);
    return task;
  }
});

function solid(width: number): Promise<Buffer> {
  return sharp({ create: { width, height: 2, channels: 3, background: 'red' } })
    .png()
    .toBuffer();
}
