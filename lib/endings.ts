import type { Logger } from './logger.js';
import { withinMs } from './within.js';

/** How long one part may take to end before the others go on without it, in milliseconds. */
const partTimeoutMs = 5_000;

/** What has to be ended of what was started. */
export interface Endings {
  add(part: string, end: () => Promise<void> | void): void;
  /** Ends everything, the last started first. Never rejects: what fails, or hangs, is logged. */
  run(): Promise<void>;
}

export function createEndings(logger: Logger): Endings {
  const endings: { part: string; end: () => Promise<void> | void }[] = [];

  async function endOne(part: string, end: () => Promise<void> | void): Promise<void> {
    try {
      const ended = await withinMs(partTimeoutMs, Promise.resolve(end()));
      if (!ended) logger.warn({ part, timeoutMs: partTimeoutMs }, 'closing did not wait for a part');
    } catch (err) {
      logger.warn({ err, part }, 'a part could not be closed cleanly');
    }
  }

  return {
    add: (part, end) => void endings.push({ part, end }),
    async run() {
      for (let last = endings.pop(); last !== undefined; last = endings.pop()) await endOne(last.part, last.end);
    },
  };
}
