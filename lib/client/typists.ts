import type { ClientSnapshot } from './snapshot.js';
import type { Store } from './store.js';

/** Who is typing in which chat. */
export interface Typists {
  set(chatId: number, isTyping: boolean): void;
}

/** The service ends a typing that is not repeated for 6 s; a process that was killed says nothing any more. */
const forgottenMs = 10_000;

export function createTypists(store: Store<ClientSnapshot>): Typists {
  const timers = new Map<number, ReturnType<typeof setTimeout>>();

  function set(chatId: number, isTyping: boolean): void {
    clearTimeout(timers.get(chatId));
    timers.delete(chatId);
    if (isTyping) timers.set(chatId, setTimeout(set, forgottenMs, chatId, false));
    store.update((snapshot) => {
      const typing = withMember(snapshot.typing, chatId, isTyping);
      return typing === snapshot.typing ? snapshot : { ...snapshot, typing };
    });
  }

  return { set };
}

/** The same set when nothing changes. */
export function withMember(set: ReadonlySet<number>, member: number, isMember: boolean): ReadonlySet<number> {
  if (set.has(member) === isMember) return set;
  const next = new Set(set);
  if (isMember) next.add(member);
  else next.delete(member);
  return next;
}
