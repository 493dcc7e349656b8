import { expect } from 'chai';
import sinon from 'sinon';
import { createRest } from '../../lib/client/rest.js';
import { defaultTiming } from '../../lib/client/timing.js';

describe('an upload of the chat client', () => {
  /** What is used of a browser's `XMLHttpRequest`, for the test to play the line. */
  class Upload {
    static last: Upload | undefined;
    readonly upload: { onprogress?: (event: { lengthComputable: boolean; loaded: number; total: number }) => void } =
      {};
    readonly status = 200;
    readonly responseText = '{"id":1}';
    readonly open = (): void => undefined;
    readonly setRequestHeader = (): void => undefined;
    readonly send = (): void => void (Upload.last = this);
    onload = (): void => undefined;
    onabort = (): void => undefined;
    abort(): void {
      this.onabort();
    }
  }

  let clock: sinon.SinonFakeTimers;
  const page = globalThis as { XMLHttpRequest?: unknown };

  beforeEach(() => {
    page.XMLHttpRequest = Upload;
    clock = sinon.useFakeTimers();
  });
  afterEach(() => {
    delete page.XMLHttpRequest;
    clock.restore();
  });

  /** Begins an upload. */
  async function begin(): Promise<{ readonly outcome: Promise<unknown>; readonly line: Upload }> {
    const tokens = { current: async () => 't', replace: async () => 't' };
    const rest = createRest({
      ...{ url: '', tokens, timing: { ...defaultTiming, uploadMs: 60_000 } },
      signal: () => new AbortController().signal,
    });
    const options = { signal: new AbortController().signal, onProgress: () => undefined };
    const outcome = rest.postForm('/api/chats/1/messages', new FormData(), options).catch((error: unknown) => error);
    await clock.tickAsync(0);
    if (Upload.last === undefined) throw new Error('nothing was uploaded');
    return { outcome, line: Upload.last };
  }

  it('takes the time that a slow line needs', async () => {
    const { outcome, line } = await begin();
    for (let minute = 1; minute <= 10; minute++) {
      await clock.tickAsync(59_000);
      line.upload.onprogress?.({ lengthComputable: true, loaded: minute, total: 10 });
    }
    line.onload();
    expect(await outcome).to.deep.equal({ id: 1 });
  });

  it('ends when nothing gets on', async () => {
    const { outcome, line } = await begin();
    line.upload.onprogress?.({ lengthComputable: true, loaded: 1, total: 10 });
    await clock.tickAsync(60_000);
    expect(await outcome).to.have.property('code', 'unreachable');
  });
});
