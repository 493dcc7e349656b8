/**
 * Waits for work, at most so long: false when the time ran out first. Rejects as the work does; what it does later goes
 * unheard.
 */
export async function withinMs(timeoutMs: number, work: Promise<unknown>): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  // Not unref'ed: where nothing else is left to wait for, the process would end in the middle of a close.
  const late = new Promise<false>((resolve) => (timer = setTimeout(() => resolve(false), timeoutMs)));
  try {
    return await Promise.race([work.then(() => true), late]);
  } finally {
    clearTimeout(timer);
  }
}

/** Waits for a start, at most so long. Rejects as it does, or with what to do about one that takes longer. */
export async function startedWithin(timeoutMs: number, start: () => Promise<unknown>): Promise<void> {
  if (await withinMs(timeoutMs, start())) return;
  throw new Error(`its start did not end within ${timeoutMs} ms (startTimeoutMs)`);
}

/** What work resolves with; when the time ran out first, it rejects with the reason, and what comes later goes unheard. */
export async function resultWithinMs<T>(timeoutMs: number, work: PromiseLike<T>, reason: () => Error): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(reason()), timeoutMs).unref();
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
