import { z } from 'zod';
import { startedChatExample } from '../chats/chat-examples.js';
import { newSession, updatedSession } from '../chats/chat-output.js';
import { newMessageExample, receiptEventExample } from '../messages/message-examples.js';
import { newMessage, receiptEvent } from '../messages/message-output.js';
import { personType, publicError, timestamp } from '../output-shapes.js';
import { id } from '../parse-input.js';
import { personInSession, typingIndicator } from '../presence/presence-output.js';
import type { ServerToClientEvents } from '../wire.js';

/** A server-to-client event as data: what types it and tells it in the contracts. */
export interface ServerEventDeclaration {
  readonly summary: string;
  readonly description?: string;
  readonly payload: z.ZodType;
  readonly example: unknown;
}

const someone = { sessionId: 123, userId: 5, userType: 'dentist' };

/** Everything that the server says of itself. */
export const serverEvents = {
  connected: {
    summary: 'The connection is there, and its token is good',
    payload: z
      .object({
        userId: id,
        userType: personType,
        sessions: z.array(id).readonly().describe('All chats of the user.'),
        online: z.array(id).readonly().describe('Those whose other participant is online now.'),
      })
      .meta({ id: 'Connected' }),
    example: { userId: 1, userType: 'customer', sessions: [123, 124], online: [123] },
  },
  'message:new': {
    summary: 'A new message in any of the chats',
    description: "It goes to every socket of both participants, the sender's own included.",
    payload: newMessage,
    example: newMessageExample,
  },
  'message:read_receipt': {
    summary: 'Messages have been read',
    payload: receiptEvent,
    example: receiptEventExample,
  },
  'typing:indicator': {
    summary: 'The other participant has started or stopped typing',
    payload: typingIndicator,
    example: { ...someone, isTyping: true },
  },
  'user:online': {
    summary: 'The other participant has come online',
    description: 'Also after `chat:new`, where the other participant is online already.',
    payload: personInSession,
    example: someone,
  },
  'user:offline': { summary: 'The other participant has gone', payload: personInSession, example: someone },
  'chat:new': {
    summary: 'A chat was started',
    description: 'The socket is in it already.',
    payload: newSession,
    example: { sessionId: startedChatExample.id, ...startedChatExample },
  },
  'chat:updated': {
    summary: 'A chat was closed, or opened again',
    payload: updatedSession,
    example: { sessionId: 123, status: 'closed' },
  },
  'chat:error': {
    summary: 'An event without an ack was refused',
    payload: z
      .object({
        event: z.string().describe('The event that was refused, or `connect`.'),
        error: publicError,
      })
      .meta({ id: 'Refused' }),
    example: { event: 'message:send', error: { code: 'chat_closed', message: 'The chat is closed' } },
  },
  'auth:expiring': {
    summary: "The socket's token expires within a minute",
    description: 'Send `auth:refresh` with a new one, or be disconnected.',
    payload: z.object({ expiresAt: timestamp }).meta({ id: 'Expiring' }),
    example: { expiresAt: '2026-02-13T12:00:00Z' },
  },
} satisfies Record<keyof ServerToClientEvents, ServerEventDeclaration>;
