import type { z } from 'zod';
import type { MessageImage } from '../images/image.js';
import type { messagePage, newMessage, readMessage, readReceipt, sentMessage } from './message-output.js';
import type { Message, ReadReceipt } from './message.js';
import { chatError } from '../errors.js';

type SentMessage = z.output<typeof sentMessage>;
/** What all forms have in common. */
type Shown = Omit<SentMessage, 'isRead'>;
type PageMessage = z.output<typeof messagePage>['messages'][number];
type NewMessage = z.output<typeof newMessage>;

// Built field by field: pages and broadcasts are made of nothing else.

/** A message in a page: `GET /api/chats/:chatId/messages`. */
export function presentInPage(message: Message): PageMessage {
  return Object.assign(presentSent(message), { readAt: message.readAt });
}

/** A message as `POST` answers it. */
export function presentSent(message: Message): SentMessage {
  const { id, senderType, senderId, content, images, createdAt, isRead } = message;
  const shown = { id, senderType, senderId, content, imageUrls: urlsOf(images), createdAt, isRead };
  return addOptional(shown, message);
}

/** A message as `message:new` brings it; on sockets a chat is called a session. */
export function presentNew(message: Message): NewMessage {
  const { id, chatId: sessionId, senderType, senderId, content, images, createdAt } = message;
  const shown = { id, sessionId, senderType, senderId, content, imageUrls: urlsOf(images), createdAt };
  return addOptional(shown, message);
}

/** What `POST` answers once one message was marked. */
export function presentOneRead({ messageId, readAt }: ReadReceipt): z.output<typeof readMessage> {
  return { id: only(messageId), isRead: true, readAt: only(readAt) };
}

/** What was marked, as both doors answer it. */
export function presentReceipt({ messageId, messageIds, readAt }: ReadReceipt): z.output<typeof readReceipt> {
  return { messageId, messageIds, readAt };
}

/** Of a receipt of one message; there is none where a hook made something else of the request that found nothing to mark. */
export function only<T>(value: T | null): T {
  if (value === null) throw chatError('message_not_found');
  return value;
}

function addOptional<S extends Shown>(shown: S, { images, clientMessageId }: Message): S {
  if (images.length > 0) shown.images = images;
  if (clientMessageId !== undefined) shown.clientMessageId = clientMessageId;
  return shown;
}

function urlsOf(images: readonly MessageImage[]): string[] {
  return images.map(({ url }) => url);
}
