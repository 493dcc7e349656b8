import type { MarkRead } from './mark-read.js';
import type { ReadMessages } from './read-messages.js';
import type { SendMessage } from './send-message.js';

/** The operations on messages. */
export interface Messages {
  send: SendMessage;
  page: ReadMessages['page'];
  markRead: MarkRead;
}
