import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { startWorkerProcess, type WorkerProcess } from '../../../lib/images/processing/worker-process.js';
import type { RenderTask } from '../../../lib/images/processing/worker-protocol.js';
import { makeFolder } from '../../support/run-folder.js';
import { blocks } from '../corpus/blocks.js';
import { limits } from '../corpus/render-file.js';
import { hasProc, schedulingOf, workerPids } from './worker-processes.js';

describe('a process for images', function () {
  // A busy machine is slow to start one.
  this.timeout(60_000);
  const { PATH } = process.env;
  const closing = new AbortController();
  let worker: WorkerProcess | undefined;
  afterEach(async () => {
    process.env['PATH'] = PATH;
    await worker?.kill();
  });
  const start = async (): Promise<WorkerProcess> => (worker = await startWorkerProcess(30_000, closing.signal));

  it('finishes its picture though the service was told to end', async function () {
    if (!hasProc) this.skip();
    const started = await start();
    const [pid = 0] = workerPids();
    for (const signal of ['SIGTERM', 'SIGHUP', 'SIGINT']) {
      const answer = started.run(await task());
      process.kill(pid, signal);
      expect(await answer).to.have.property('kind', 'rendered');
    }
  });

  it('says that it could not write, which is not the fault of the picture', async function () {
    if (!hasProc) this.skip();
    const answer = await (await start()).run({ ...(await task()), output: '/dev/full' });
    expect(answer).to.include({ kind: 'failed', code: 'ENOSPC' });
  });

  it('refuses what cannot be sent to it, and nothing is left that waits', async () => {
    const circle: { self?: unknown } = {};
    circle.self = circle;
    const outcome = (await start())
      .run({ ...(await task()), limits: circle as never })
      .catch((error: unknown) => error);
    expect(await outcome).to.be.instanceOf(TypeError);
  });

  it('ends in peace while everything closes', async () => {
    const close = new AbortController();
    const started = await startWorkerProcess(30_000, close.signal);
    const killed = started.kill();
    close.abort();
    await killed;
    expect(started.isAlive).to.equal(false);
  });

  it('takes what time others leave, with every thread', async function () {
    if (!hasProc || !hasChrt()) this.skip();
    const started = await start();
    const [pid = 0] = workerPids();
    expect(await started.run(await task())).to.have.property('kind', 'rendered');
    for (const thread of schedulingOf(pid)) expect(thread).to.deep.equal({ policy: 5, nice: 19 });
  });

  it('works as well where there is no chrt', async function () {
    if (!hasProc) this.skip();
    process.env['PATH'] = await makeFolder('empty');
    const started = await start();
    const [pid = 0] = workerPids();
    expect(await started.run(await task())).to.have.property('kind', 'rendered');
    for (const thread of schedulingOf(pid)) expect(thread).to.deep.equal({ policy: 0, nice: 19 });
  });

  async function task(): Promise<RenderTask> {
    const folder = await makeFolder('process');
    const [input, output, thumbnail] = ['input', 'output', 'thumb'].map((name) => join(folder, name)) as [
      string,
      string,
      string,
    ];
    await writeFile(input, await blocks().png().toBuffer());
    return { input, output, thumbnail, limits };
  }
});

function hasChrt(): boolean {
  const folders = process.env['PATH']?.split(':') ?? [];
  return folders.some((folder) => existsSync(join(folder, 'chrt')));
}
