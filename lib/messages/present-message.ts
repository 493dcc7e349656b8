import type { Message } from './message.js';

/** A message in a page: `GET /api/chats/:chatId/messages`. */
export function presentInPage(message: Message) {
  return { ...presentSent(message), readAt: message.readAt };
}

/** A message as `POST` answers it. */
export function presentSent(message: Message) {
  const { id, senderType, senderId, content, images, createdAt, isRead, clientMessageId } = message;
  return {
    id,
    senderType,
    senderId,
    content,
    imageUrls: images.map(({ url }) => url),
    ...(images.length === 0 ? {} : { images }),
    createdAt,
    isRead,
    ...(clientMessageId === undefined ? {} : { clientMessageId }),
  };
}

/** A message as `message:new` brings it; on sockets a chat is called a session. */
export function presentNew(message: Message) {
  const { id, chatId, senderType, senderId, content, images, createdAt, clientMessageId } = message;
  return {
    id,
    sessionId: chatId,
    senderType,
    senderId,
    content,
    imageUrls: images.map(({ url }) => url),
    ...(images.length === 0 ? {} : { images }),
    createdAt,
    ...(clientMessageId === undefined ? {} : { clientMessageId }),
  };
}
