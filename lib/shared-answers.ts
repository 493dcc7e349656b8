/** Answers that several calls have in common, and that nobody changes any more. */
const shared = new WeakSet<object>();

/** Says of an answer that it is the same for all who get it: whoever puts it into bytes need do so only once. */
export function markShared<T extends object>(answer: T): T {
  shared.add(answer);
  return answer;
}

export function isShared(answer: object): boolean {
  return shared.has(answer);
}
