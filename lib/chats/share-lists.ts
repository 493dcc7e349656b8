import { markShared } from '../shared-answers.js';
import type { ChatList } from './chat.js';
import type { Chats } from './chats.js';

type List = Chats['list'];

/** Where a list fails: who has waited for longer than this for the next one has waited long enough. */
const patienceMs = 500;

/** A whole list that is made now, and the one after it, for all who have asked meanwhile. */
interface Making {
  readonly current: Promise<ChatList>;
  next: Promise<ChatList> | undefined;
}

/**
 * Makes one whole list of a person at a time: it may be of thousands, and whoever asks for it anew before it is there
 * shares the next. Nobody's is from before they asked, and nobody waits through one outage after the other. Pages are
 * their askers' own.
 */
export function shareLists(list: List): List {
  const makings = new Map<string, Making>();

  return (actor, input) => {
    if (input.limit !== undefined || input.before !== undefined) return list(actor, input);
    const key = `${actor.type}:${actor.id}`;

    const begin = (): Promise<ChatList> => {
      const making: Making = { current: list(actor, input).then(markShared).finally(end), next: undefined };
      makings.set(key, making);
      return making.current;
    };
    const end = (): void => {
      if (makings.get(key)?.next === undefined) makings.delete(key);
    };

    const making = makings.get(key);
    if (making === undefined) return begin();
    const since = performance.now();
    making.next ??= making.current.then(begin, (error: unknown) => {
      if (performance.now() - since <= patienceMs) return begin();
      makings.delete(key);
      throw error;
    });
    return making.next;
  };
}
