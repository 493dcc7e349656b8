import { chatError } from './errors.js';

/** The operations that run now, so that closing can wait for them and refuse new ones. */
export interface InFlight {
  /** @throws ChatError `shutting_down` once draining has begun. */
  run<T>(work: () => Promise<T>): Promise<T>;
  readonly isDraining: boolean;
  /** Refuses new work and waits for what runs, at most `timeoutMs`. Resolves false when work was left. */
  drain(timeoutMs: number): Promise<boolean>;
}

export function createInFlight(): InFlight {
  let running = 0;
  let draining = false;
  let onEmpty: (() => void) | undefined;

  return {
    async run(work) {
      if (draining) throw chatError('shutting_down');
      running += 1;
      try {
        return await work();
      } finally {
        running -= 1;
        if (running === 0) onEmpty?.();
      }
    },

    get isDraining() {
      return draining;
    },

    async drain(timeoutMs) {
      draining = true;
      if (running === 0) return true;
      return new Promise((resolve) => {
        const timer = setTimeout(() => resolve(false), timeoutMs);
        onEmpty = () => {
          clearTimeout(timer);
          resolve(true);
        };
      });
    },
  };
}
