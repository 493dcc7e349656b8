/** Counts the turns of the event loop that come while something is at work, until it is stopped. */
export function countTurns() {
  let count = 0;
  let isOver = false;
  const next = (): void => {
    count += 1;
    if (!isOver) setImmediate(next);
  };
  setImmediate(next);
  return {
    soFar: () => count,
    /** How many they were. */
    stop(): number {
      isOver = true;
      return count;
    },
  };
}
