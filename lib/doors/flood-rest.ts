/** While others call, a flood has a sixth of the time: it rests after each of its calls for five times what that took. */
const restShare = 5;
/** A rest at least and at most, in milliseconds. */
const leastRestMs = 2;
const mostRestMs = 500;
/** So many calls may be the haste of a moment. With each five more it rests twice as long, at most so many times: 1 % is left. */
const hastyCalls = 10;
const callsToDouble = 5;
const mostDoublings = 5;
/** How often the longest rest doubles with it: to four seconds. */
const mostLongerDoublings = 3;
/** Where nobody else has called for so long, a flood is nobody's harm. */
const lullMs = 100;

/** How long floods rest between their calls. */
export interface FloodRest {
  /** Somebody called who had not to wait. */
  called(): void;
  /**
   * The rest after a call that took so long, where so many calls, or as much as they are worth, have been of its flood; 0
   * where nobody else calls. In milliseconds.
   */
  after(tookMs: number, calls: number): number;
}

/** However fast a flood is served, others are served in between, and the longer it goes on, the less there is of it. */
export function createFloodRest(): FloodRest {
  let calledAt = -Infinity;
  return {
    called: () => void (calledAt = performance.now()),
    after(tookMs, calls) {
      if (performance.now() - calledAt >= lullMs) return 0;
      const doublings = Math.min(mostDoublings, Math.max(0, Math.ceil((calls - hastyCalls) / callsToDouble)));
      const most = mostRestMs * 2 ** Math.min(doublings, mostLongerDoublings);
      return Math.min(most, Math.max(leastRestMs, restShare * tookMs) * 2 ** doublings);
    },
  };
}
