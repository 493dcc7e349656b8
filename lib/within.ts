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
