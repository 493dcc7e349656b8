import { setImmediate } from 'node:timers/promises';

/** Asks until the answer is yes: for what is seen in the database alone. Gives up after 5 s. */
export async function until(what: string, isSo: () => Promise<boolean>): Promise<void> {
  const giveUpAt = performance.now() + 5_000;
  while (!(await isSo())) {
    if (performance.now() > giveUpAt) throw new Error(`not within 5 s: ${what}`);
    await setImmediate();
  }
}
