import { setImmediate } from 'node:timers/promises';

/** Slices that wait for somebody else's answer at the same time, at most. */
const maxUnderWay = 4;

/** The last turn of the event loop that has been given to a slice: of all long lists, one slice is worked at in a turn. */
let lastTurn: Promise<void> = Promise.resolve();

/**
 * Works through a list of any length, `size` items in each turn of the event loop: others are served in between. Slices do
 * not wait for each other. Resolves with all results in their order; rejects where one does.
 */
export async function inSlices<Item, Result>(
  items: readonly Item[],
  size: number,
  work: (slice: readonly Item[]) => Promise<readonly Result[]>,
): Promise<Result[]> {
  const underWay: Promise<readonly Result[]>[] = [];
  for (let from = 0; from < items.length; from += size) {
    if (items.length > size) await nextTurn();
    await underWay[underWay.length - maxUnderWay];
    const slice = work(items.slice(from, from + size));
    // It may fail before it is waited for.
    slice.catch(() => undefined);
    underWay.push(slice);
  }
  return ([] as Result[]).concat(...(await Promise.all(underWay)));
}

function nextTurn(): Promise<void> {
  lastTurn = lastTurn.then(() => setImmediate());
  return lastTurn;
}
