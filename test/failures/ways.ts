/** How a function of the host's may let its caller down. `thrown` may be anything: hosts throw texts, too. */
export const failures: Readonly<Record<string, () => unknown>> = {
  'throws an Error': () => {
    throw new Error('not today');
  },
  'throws undefined': () => {
    throw undefined as unknown as Error;
  },
  'rejects with an Error': rejection(new Error('not today')),
  'rejects with a text': rejection('not today' as unknown as Error),
  'rejects with undefined': rejection(undefined as unknown as Error),
};

function rejection(reason: Error): () => Promise<never> {
  return () =>
    new Promise((_, reject) => {
      reject(reason);
    });
}

/** The failures, and answers of a wrong shape by what they are. */
export function waysToFail(wrongAnswers: Readonly<Record<string, unknown>>): Record<string, () => unknown> {
  const wrong = Object.entries(wrongAnswers).map(([what, answer]) => [`answers with ${what}`, () => answer] as const);
  return { ...failures, ...Object.fromEntries(wrong) };
}

/** What the process is told of rejections that nobody handles, from now until it is asked. */
export function watchUnhandled(): () => unknown[] {
  const unhandled: unknown[] = [];
  const note = (reason: unknown): void => void unhandled.push(reason);
  process.on('unhandledRejection', note);
  return () => {
    process.off('unhandledRejection', note);
    return unhandled;
  };
}
