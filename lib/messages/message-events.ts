import { z } from 'zod';
import { id } from '../parse-input.js';
import { defineEvent, type EventDeclaration } from '../plugins/socket-event.js';
import { messageSendExample } from './message-examples.js';
import { readUpToBody, type MessageSchemas } from './message-input.js';
import { readAck, readReceipt, sendAck, sendErrors } from './message-output.js';
import { toSendInput } from './message-routes.js';
import type { Messages } from './messages.js';
import { only, presentNew, presentReceipt } from './present-message.js';

const inSession = z.object({ sessionId: id });

export function messageEvents(messages: Messages, schemas: MessageSchemas): EventDeclaration[] {
  return [
    defineEvent({
      event: 'message:send',
      summary: 'Sends a message',
      description:
        'With a `clientMessageId` a retry is safe, over REST too. Texts that a socket sends without waiting for acks are ' +
        'stored in each chat in that order.',
      input: inSession.extend(schemas.body.shape),
      ack: sendAck,
      errors: sendErrors,
      example: messageSendExample,
      async handle({ actor, input: { sessionId: chatId, ...body } }) {
        const message = await messages.sendInTurn(actor, toSendInput(schemas, { chatId, ...body }));
        return { message: { ...presentNew(message), isRead: message.isRead } };
      },
    }),
    defineEvent({
      event: 'message:read',
      summary: 'Marks one message as read',
      input: inSession.extend({ messageId: id }),
      ack: readAck,
      errors: ['own_message', 'chat_not_found', 'message_not_found'],
      example: { sessionId: 123, messageId: 456 },
      async handle({ actor, input: { sessionId: chatId, messageId } }) {
        const { readAt } = await messages.markRead(actor, { chatId, messageId });
        return { messageId, readAt: only(readAt) };
      },
    }),
    defineEvent({
      event: 'chat:read',
      summary: 'Marks everything, or everything up to a message, as read',
      input: inSession.extend(readUpToBody.shape),
      ack: readReceipt,
      errors: ['chat_not_found'],
      example: { sessionId: 123, upTo: 456 },
      handle: async ({ actor, input: { sessionId: chatId, upTo } }) =>
        presentReceipt(await messages.markRead(actor, { chatId, upTo })),
    }),
  ];
}
