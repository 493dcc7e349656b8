import type { MessageImage } from '../images/image.js';
import type { Message } from './message.js';

/** What all of a message's forms have in common. Built field by field: pages and broadcasts are made of nothing else. */
interface Shown {
  id: number;
  senderType: Message['senderType'];
  senderId: number;
  content: string;
  imageUrls: string[];
  images?: readonly MessageImage[];
  createdAt: string;
  clientMessageId?: string;
}

/** A message in a page: `GET /api/chats/:chatId/messages`. */
export function presentInPage(message: Message): Shown & { isRead: boolean; readAt: string | null } {
  return Object.assign(presentSent(message), { readAt: message.readAt });
}

/** A message as `POST` answers it. */
export function presentSent(message: Message): Shown & { isRead: boolean } {
  const { id, senderType, senderId, content, images, createdAt, isRead } = message;
  const shown = { id, senderType, senderId, content, imageUrls: urlsOf(images), createdAt, isRead };
  return addOptional(shown, message);
}

/** A message as `message:new` brings it; on sockets a chat is called a session. */
export function presentNew(message: Message): Shown & { sessionId: number } {
  const { id, chatId: sessionId, senderType, senderId, content, images, createdAt } = message;
  const shown = { id, sessionId, senderType, senderId, content, imageUrls: urlsOf(images), createdAt };
  return addOptional(shown, message);
}

function addOptional<S extends Shown>(shown: S, { images, clientMessageId }: Message): S {
  if (images.length > 0) shown.images = images;
  if (clientMessageId !== undefined) shown.clientMessageId = clientMessageId;
  return shown;
}

function urlsOf(images: readonly MessageImage[]): string[] {
  return images.map(({ url }) => url);
}
