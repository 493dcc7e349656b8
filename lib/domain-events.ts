import { EventEmitter } from 'node:events';
import type { Actor } from './auth/actor.js';
import type { Chat, ChatMembers, ChatStatus } from './chats/chat.js';
import { frozen } from './frozen.js';
import type { Logger } from './logger.js';
import type { Message, ReadReceipt } from './messages/message.js';
import type { PresenceChange } from './presence/presence-change.js';

/** What happened, said once, in the process where it happened, after commit. */
export interface DomainEvents {
  /** `isLive` is false where a start was found late, and the customer had another dentist by then. */
  'chat:started': { chat: Chat; isLive: boolean };
  'chat:updated': { members: ChatMembers; status: ChatStatus };
  /** `previousId`: that of the message before this one in its chat; null where it is the first. */
  'message:sent': { message: Message; members: ChatMembers; previousId: number | null };
  /** Whether a message of this chat was written, or was announced, is not known. The module looks. */
  'message:unsettled': { chatId: number };
  'message:read': { receipt: ReadReceipt; reader: Actor; members: ChatMembers };
  'presence:changed': PresenceChange;
  /** Whether the others know that it is so is not known. The module tells those whom it concerns. */
  'presence:unsettled': PresenceChange;
  'typing:changed': { actor: Actor; members: ChatMembers; isTyping: boolean };
}

export type DomainEventName = keyof DomainEvents;
export type DomainListener<E extends DomainEventName> = (event: DomainEvents[E]) => void | Promise<void>;

/** Listeners by event. */
export interface Listening {
  on<E extends DomainEventName>(name: E, listener: DomainListener<E>): void;
  off<E extends DomainEventName>(name: E, listener: DomainListener<E>): void;
}

export interface DomainEventBus extends Listening {
  /** The host's listeners, told after the module's own. What they are given is frozen: answers are made of it. */
  readonly host: Listening;
  emit<E extends DomainEventName>(name: E, event: DomainEvents[E]): void;
}

/** A bus whose listeners cannot hurt each other or the operation that spoke: what they throw or reject is logged. */
export function createDomainEvents(logger: Logger): DomainEventBus {
  const [own, hosts] = [new EventEmitter().setMaxListeners(0), new EventEmitter().setMaxListeners(0)];

  function tell<E extends DomainEventName>(listeners: EventEmitter, name: E, event: DomainEvents[E]): void {
    for (const listener of listeners.listeners(name) as DomainListener<E>[]) {
      const failed = (err: unknown): void => logger.error({ err, event: name }, 'a listener of a chat event failed');
      try {
        const done = listener(event);
        // Of whichever library the promise is.
        if (done !== undefined) Promise.resolve(done).catch(failed);
      } catch (err) {
        failed(err);
      }
    }
  }

  return {
    ...listeningTo(own),
    host: listeningTo(hosts),
    emit(name, event) {
      tell(own, name, event);
      // Where nobody listens, nothing is paid for it.
      if (hosts.listenerCount(name) > 0) tell(hosts, name, frozen(event));
    },
  };
}

function listeningTo(emitter: EventEmitter): Listening {
  return {
    on: (name, listener) => void emitter.on(name, listener as (event: unknown) => void),
    off: (name, listener) => void emitter.off(name, listener as (event: unknown) => void),
  };
}
