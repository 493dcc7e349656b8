/** How often something may be done. */
export interface Allowance {
  /** Whether it may be done now; counts it if so. */
  take(): boolean;
}

/**
 * A token bucket: `perMinute` at once, which fill up again evenly within a minute.
 * @param now milliseconds on a clock that never goes back.
 */
export function createAllowance(perMinute: number, now: () => number): Allowance {
  let left = perMinute;
  let countedAt = now();
  return {
    take: () => {
      const time = now();
      left = Math.min(perMinute, left + ((time - countedAt) / 60_000) * perMinute);
      countedAt = time;
      if (left < 1) return false;
      left -= 1;
      return true;
    },
  };
}
