import { z } from 'zod';
import { personType, timestamp } from '../output-shapes.js';
import { id } from '../parse-input.js';

const member = z
  .object({
    id,
    name: z.string().describe('Empty for a person whom the directory does not know any more.'),
  })
  .meta({ id: 'Member', description: 'The customer or the dentist of a chat.' });

const memberDetails = z
  .object({ ...member.shape, email: z.string().nullable() })
  .meta({ id: 'MemberDetails', description: 'The customer or the dentist of a chat, with an address.' });

export const chatStatus = z
  .enum(['active', 'closed'])
  .meta({ id: 'ChatStatus', description: 'Nobody can send into a closed chat; reading goes on.' });

const createdAt = timestamp;
const updatedAt = timestamp.describe('The time of the last message, or of the start in an empty chat.');

export const chatDetails = z
  .object({ id, customer: memberDetails, dentist: memberDetails, status: chatStatus, createdAt, updatedAt })
  .meta({ id: 'Chat', description: 'A chat between one customer and one dentist. The pair never changes.' });

export const startedChat = z
  .object({ id, customer: member, dentist: member, status: chatStatus, createdAt })
  .meta({ id: 'StartedChat', description: 'A chat that has just been started.' });

const chatSummary = z
  .object({
    id,
    customer: member,
    dentist: member,
    lastMessage: z
      .object({
        content: z.string().describe('Empty where the message is of images alone.'),
        createdAt,
        senderType: personType,
      })
      .nullable()
      .describe('Null in an empty chat.'),
    unreadCount: z.int().min(0).describe("The other party's messages without `readAt`."),
    updatedAt,
  })
  .meta({ id: 'ChatSummary', description: "A row of somebody's list of chats." });

export const chatList = z
  .object({
    chats: z.array(chatSummary).readonly().describe('Newest activity first.'),
    hasMore: z.boolean().optional().describe('Only where the list was asked for in pages.'),
    nextCursor: z
      .string()
      .nullable()
      .optional()
      .describe('What to pass on as `before`, or null when there is no more. Only where the list comes in pages.'),
  })
  .meta({ id: 'ChatList' });

/** `chat:new`; on sockets a chat's id is called `sessionId`. */
export const newSession = z
  .object({ sessionId: id, ...startedChat.shape })
  .meta({ id: 'NewSession', description: 'A chat that has just been started; `sessionId` is its id.' });

/** `chat:updated` */
export const updatedSession = z.object({ sessionId: id, status: chatStatus }).meta({ id: 'UpdatedSession' });
