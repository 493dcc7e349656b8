import type { ChatMembers } from '../chats/chat.js';
import type { Memberships } from '../chats/memberships.js';
import type { Logger } from '../logger.js';
import { untilDone } from '../realtime/until-done.js';
import { roomsOf, roomsOfParted } from './socket-types.js';

/** Given the rooms of those who may hear it. */
type Say = (rooms: string[]) => void;

/** Speaks to those who may hear of a chat: not to the dentist whom another has followed. */
export interface ChatFeed {
  /** At once where that is known; else as soon as the directory says it, what is said of one chat in its order. */
  tell(members: ChatMembers, say: Say): void;
  /** What nobody wants to hear later: not at all where the directory is away. */
  tellNow(members: ChatMembers, say: Say): void | Promise<void>;
  /** Resolves when all is told. */
  idle(): Promise<void>;
  close(): void;
}

interface Needs {
  memberships: Pick<Memberships, 'isLive'>;
  /** So much could not be told that it was given up. */
  missed(): void;
  logger: Logger;
}

/** Chats of which something may wait to be told while the directory is away, and how much of each: a few MB. */
const maxChats = 10_000;
const maxOfChat = 100;

export function createChatFeed({ memberships, missed, logger }: Needs): ChatFeed {
  const waiting = new Map<number, Say[]>();
  const telling = new Set<Promise<void>>();
  let hasGivenUp = false;
  let isClosed = false;

  function sayTo(members: ChatMembers, say: Say, isLive: boolean): void {
    say(isLive ? roomsOf(members) : roomsOfParted(members));
  }

  async function tellLater(members: ChatMembers, sayings: Say[], asked: Promise<boolean>): Promise<void> {
    let answer: Promise<boolean> | undefined = asked;
    const attempt = async (): Promise<void> => {
      const isLive = await (answer ?? memberships.isLive(members));
      for (let say = sayings.shift(); say !== undefined; say = sayings.shift()) sayTo(members, say, isLive);
    };
    const failed = (err: unknown): void => {
      answer = undefined;
      logger.debug({ err }, 'what happened in a chat could not be told yet');
    };
    await untilDone(attempt, { isOver: () => isClosed, failed });
    waiting.delete(members.chatId);
    if (!hasGivenUp || isClosed) return;
    hasGivenUp = false;
    missed();
  }

  function wait(members: ChatMembers, say: Say, asked: Promise<boolean>): void {
    const sayings = [say];
    waiting.set(members.chatId, sayings);
    const told = tellLater(members, sayings, asked).finally(() => telling.delete(told));
    telling.add(told);
  }

  return {
    tell(members, say) {
      const sayings = waiting.get(members.chatId);
      if (sayings !== undefined && sayings.length < maxOfChat) return void sayings.push(say);
      if (sayings !== undefined) return void (hasGivenUp = true);
      const isLive = memberships.isLive(members);
      if (typeof isLive === 'boolean') return sayTo(members, say, isLive);
      if (waiting.size < maxChats) return wait(members, say, isLive);
      isLive.catch(() => undefined);
      hasGivenUp = true;
    },

    tellNow(members, say) {
      const isLive = memberships.isLive(members);
      return isLive instanceof Promise ? isLive.then((live) => sayTo(members, say, live)) : sayTo(members, say, isLive);
    },

    idle: async () => void (await Promise.all(telling)),

    close() {
      isClosed = true;
      waiting.clear();
    },
  };
}
