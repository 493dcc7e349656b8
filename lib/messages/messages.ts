import type { Actor } from '../auth/actor.js';
import type { MarkRead } from './mark-read.js';
import type { ReadMessages } from './read-messages.js';
import type { SendMessages } from './send-message.js';

/** The operations on messages. */
export interface Messages extends SendMessages {
  page: ReadMessages['page'];
  markRead: MarkRead;
  /** @throws ChatError `chat_not_found`, `not_participant`: before anything that the actor sends is read. */
  requireParticipant(actor: Actor, chatId: number): Promise<unknown>;
}
