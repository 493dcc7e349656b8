import { ChatError } from '../errors.js';
import type { Logger } from '../logger.js';

/**
 * Where a change failed because the database was waited for in vain, it may have been made all the same: looks at it later,
 * until `look` has seen it, and told of it, or not at all.
 */
export type LookAgain = (failure: unknown, look: () => Promise<boolean>) => void;

/** How often it is looked, each time after twice as long, from a quarter of a second to half a minute. */
const maxLooks = 8;
/** Not all that somebody may think of while the database is away. */
const maxDoubts = 1_000;

export function createLookAgain(logger: Logger): LookAgain {
  let doubts = 0;

  async function tryLook(look: () => Promise<boolean>, attempt: number): Promise<void> {
    let isSeen = false;
    try {
      isSeen = await look();
    } catch (err) {
      logger.debug({ err }, 'what may have become of a chat could not be looked up');
    }
    if (isSeen || attempt === maxLooks) doubts -= 1;
    else setTimeout(() => void tryLook(look, attempt + 1), 125 * 2 ** attempt).unref();
  }

  return (failure, look) => {
    const isOpen = failure instanceof ChatError && failure.code === 'database_unavailable';
    if (!isOpen || doubts === maxDoubts) return;
    doubts += 1;
    void tryLook(look, 1);
  };
}
