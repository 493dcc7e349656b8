import { z } from 'zod';
import { id } from '../parse-input.js';
import { defineEvent, type EventDeclaration } from '../plugins/socket-event.js';
import { readUpToBody, type MessageSchemas } from './message-input.js';
import { presentReceipt, toSendInput } from './message-routes.js';
import type { Messages } from './messages.js';
import { presentNew } from './present-message.js';

const inSession = z.object({ sessionId: id });

export function messageEvents(messages: Messages, schemas: MessageSchemas): EventDeclaration[] {
  return [
    defineEvent({
      event: 'message:send',
      input: inSession.extend(schemas.body.shape),
      async handle({ actor, input: { sessionId: chatId, ...body } }) {
        const message = await messages.send(actor, toSendInput(schemas, { chatId, ...body }));
        return { message: { ...presentNew(message), isRead: message.isRead } };
      },
    }),
    defineEvent({
      event: 'message:read',
      input: inSession.extend({ messageId: id }),
      async handle({ actor, input: { sessionId: chatId, messageId } }) {
        const { readAt } = await messages.markRead(actor, { chatId, messageId });
        return { messageId, readAt };
      },
    }),
    defineEvent({
      event: 'chat:read',
      input: inSession.extend(readUpToBody.shape),
      handle: async ({ actor, input: { sessionId: chatId, upTo } }) =>
        presentReceipt(await messages.markRead(actor, { chatId, upTo })),
    }),
  ];
}
