/** Collects what is asked for one by one, and puts it in questions of many. */
export interface Batches<Item, Answer> {
  /** The answer to the question in which this is asked for, one promise for all of it. Rejects as the question does. */
  ask(item: Item): Promise<Answer>;
}

interface Question<Item, Answer> {
  readonly items: Item[];
  readonly answered: Promise<Answer>;
}

/** Puts what is asked for within one tick in questions of at most `max`. */
export function createBatches<Item, Answer>(
  max: number,
  put: (items: readonly Item[]) => Promise<Answer>,
): Batches<Item, Answer> {
  let next: Question<Item, Answer> | undefined;

  function createQuestion(): Question<Item, Answer> {
    const items: Item[] = [];
    // It comes after all promise callbacks that are due: whoever asks in one of them is in the same question.
    const isDue = new Promise<void>((resolve) => process.nextTick(resolve));
    const answered = isDue.then(() => {
      if (next?.items === items) next = undefined;
      return put(items);
    });
    return { items, answered };
  }

  return {
    ask(item) {
      if (next === undefined || next.items.length === max) next = createQuestion();
      next.items.push(item);
      return next.answered;
    },
  };
}
