export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** Longer with each attempt (0, 1, 2, ...), and not in step with the other clients that a fault has hit. */
export function retryDelay(attempt: number, first = 500, most = 8_000): number {
  return Math.min(most, first * 2 ** attempt) * (0.5 + Math.random() / 2);
}
