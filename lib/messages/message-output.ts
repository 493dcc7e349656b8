import { z } from 'zod';
import type { ChatErrorCode } from '../errors.js';
import { messageImage } from '../images/image-output.js';
import { personType, timestamp } from '../output-shapes.js';
import { id } from '../parse-input.js';

/** What all of a message's forms have in common. */
const shown = z.object({
  id: id.describe('Ascending in the order of commits within a chat.'),
  senderType: personType,
  senderId: id,
  content: z.string().describe('Empty in a message of images alone.'),
  imageUrls: z.array(z.string()).readonly().describe('Signed GET URLs that expire, in the order of sending.'),
  images: z
    .array(messageImage)
    .readonly()
    .optional()
    .describe('The same images and more of them, where there are any.'),
  createdAt: timestamp,
  clientMessageId: z.string().optional().describe('Only where the sender gave one.'),
});

const isRead = z.boolean().describe('Whether the other party has read it.');

export const sentMessage = z
  .object({ ...shown.shape, isRead })
  .meta({ id: 'SentMessage', description: 'A message as its sender gets it back.' });

const pageMessage = z
  .object({ ...sentMessage.shape, readAt: timestamp.nullable() })
  .meta({ id: 'Message', description: 'A message as a page shows it.' });

export const newMessage = z
  .object({ sessionId: id, ...shown.shape })
  .meta({ id: 'NewMessage', description: 'A message as `message:new` brings it; `sessionId` is the id of its chat.' });

export const messagePage = z
  .object({
    messages: z.array(pageMessage).readonly().describe('Ascending by id.'),
    hasMore: z.boolean(),
    nextCursor: z
      .string()
      .nullable()
      .describe('What to pass on as `before` (or as `after`), or null when there is no more.'),
  })
  .meta({ id: 'MessagePage' });

export const readMessage = z.object({ id, isRead: z.literal(true), readAt: timestamp }).meta({ id: 'ReadMessage' });

export const readReceipt = z
  .object({
    messageId: id.nullable().describe('The newest message that was marked; null when there was nothing to mark.'),
    messageIds: z.array(id).readonly().describe('All that were marked by this call, ascending.'),
    readAt: timestamp.nullable(),
  })
  .meta({ id: 'ReadReceipt' });

/** The ack of `message:send`. */
export const sendAck = z.object({ message: z.object({ ...newMessage.shape, isRead }).meta({ id: 'AckedMessage' }) });

/** The ack of `message:read`. */
export const readAck = z.object({ messageId: id, readAt: timestamp });

/** `message:read_receipt` */
export const receiptEvent = z
  .object({
    sessionId: id,
    messageId: id.describe('The newest of `messageIds`.'),
    messageIds: z.array(id).readonly().describe('All that were read, ascending.'),
    readAt: timestamp,
  })
  .meta({ id: 'SessionReadReceipt' });

/** What sending may meet at either door. */
export const sendErrors = [
  'message_empty',
  'message_too_long',
  'too_many_images',
  'image_key_invalid',
  'not_participant',
  'chat_not_found',
  'chat_closed',
  'idempotency_conflict',
  'unsupported_content_type',
  'image_store_unavailable',
] as const satisfies readonly ChatErrorCode[];
