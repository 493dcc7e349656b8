/** While others call, a flood has a quarter of the time: it rests after each of its calls for three times what that took. */
const restShare = 3;
/** A rest at least and at most, in milliseconds. */
const leastRestMs = 2;
const mostRestMs = 500;
/** Where nobody else has called for so long, a flood is nobody's harm. */
const lullMs = 100;

/** How long floods rest between their calls. */
export interface FloodRest {
  /** Somebody called who had not to wait. */
  called(): void;
  /** The rest after a call that took so long; 0 where nobody else calls. In milliseconds. */
  after(tookMs: number): number;
}

/** However fast a flood is served, others are served in between. */
export function createFloodRest(): FloodRest {
  let calledAt = -Infinity;
  return {
    called: () => void (calledAt = performance.now()),
    after(tookMs) {
      if (performance.now() - calledAt >= lullMs) return 0;
      return Math.min(mostRestMs, Math.max(leastRestMs, restShare * tookMs));
    },
  };
}
