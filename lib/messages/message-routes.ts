import { chatParams } from '../chats/chat-input.js';
import { chatError } from '../errors.js';
import { parseInput } from '../parse-input.js';
import { defineRoute, type RouteDeclaration } from '../plugins/route.js';
import {
  messageBodyExample,
  messagePageExample,
  readMessageExample,
  readReceiptExample,
  sentMessageExample,
} from './message-examples.js';
import {
  messageHeaders,
  messageParams,
  pageQuery,
  readUpToBody,
  type MessageBody,
  type MessageSchemas,
} from './message-input.js';
import { messagePage, readMessage, readReceipt, sendErrors, sentMessage } from './message-output.js';
import type { SendMessageInput } from './message.js';
import type { Messages } from './messages.js';
import { presentInPage, presentOneRead, presentReceipt, presentSent } from './present-message.js';

export function messageRoutes(messages: Messages, schemas: MessageSchemas): RouteDeclaration[] {
  return [
    defineRoute({
      operationId: 'listMessages',
      summary: 'A page of messages, ascending',
      description:
        'The newest `limit` messages, or those strictly older than `before`, or those strictly newer than `after`: ' +
        'that is how a client that was away catches up. `nextCursor` leads on, and never skips or repeats.',
      method: 'GET',
      path: '/api/chats/:chatId/messages',
      params: chatParams,
      query: pageQuery,
      answers: { 200: { description: 'The page', body: messagePage, example: messagePageExample } },
      errors: ['chat_not_found', 'image_store_unavailable'],
      async handle({ actor, params, query }) {
        const page = await messages.page(actor, { ...params, ...query });
        return { body: { ...page, messages: page.messages.map(presentInPage) } };
      },
    }),
    defineRoute({
      operationId: 'sendMessage',
      summary: 'Sends a message: text, images, or both',
      description:
        'Images come along as files of the form field `images`, or as the keys of earlier uploads in `imageUrls`. ' +
        'With `clientMessageId` (or `Idempotency-Key`, which means the same) a retry is safe: the same sender, chat ' +
        'and id give the first message again.',
      method: 'POST',
      path: '/api/chats/:chatId/messages',
      params: chatParams,
      body: schemas.body,
      bodyKind: 'form',
      bodyExample: messageBodyExample,
      headers: messageHeaders,
      answers: { 201: { description: 'The message', body: sentMessage, example: sentMessageExample } },
      errors: [...sendErrors, 'image_too_large', 'unsupported_image_type'],
      beforeForm: ({ actor, params }) => messages.requireParticipant(actor, params.chatId),
      async handle({ actor, params: { chatId }, body, headers, files, signal }) {
        const clientMessageId = oneOf(headers['idempotency-key'], body.clientMessageId);
        const input = toSendInput(schemas, { chatId, ...body, clientMessageId }, files.length);
        return { body: presentSent(await messages.send(actor, input, files, signal)) };
      },
    }),
    defineRoute({
      operationId: 'markMessageRead',
      summary: 'Marks one message as read',
      description: 'Idempotent: the first `readAt` stays.',
      method: 'POST',
      path: '/api/chats/:chatId/messages/:messageId/read',
      params: messageParams,
      bodyKind: 'none',
      answers: { 200: { description: 'When it was read', body: readMessage, example: readMessageExample } },
      errors: ['own_message', 'chat_not_found', 'message_not_found'],
      handle: async ({ actor, params }) => ({ body: presentOneRead(await messages.markRead(actor, params)) }),
    }),
    defineRoute({
      operationId: 'markChatRead',
      summary: 'Marks everything, or everything up to a message, as read',
      method: 'POST',
      path: '/api/chats/:chatId/read',
      params: chatParams,
      body: readUpToBody,
      answers: { 200: { description: 'What was marked', body: readReceipt, example: readReceiptExample } },
      errors: ['chat_not_found'],
      handle: async ({ actor, params, body }) => ({
        body: presentReceipt(await messages.markRead(actor, { ...params, ...body })),
      }),
    }),
  ];
}

/** The input of the operation. Files that came along count as content. */
export function toSendInput(
  schemas: MessageSchemas,
  { chatId, content, imageUrls, clientMessageId: clientId }: MessageBody & { chatId: number },
  fileCount = 0,
): SendMessageInput {
  const input = { chatId, content, imageKeys: imageUrls, clientMessageId: clientId };
  return fileCount === 0 ? parseInput(schemas.input, input) : input;
}

/** `clientMessageId` of the body, or the `Idempotency-Key` header, which means the same. */
function oneOf(fromHeader: string | undefined, fromBody: string | undefined): string | undefined {
  if (fromHeader !== undefined && fromBody !== undefined && fromHeader !== fromBody) {
    const problem = 'must be the same as the Idempotency-Key header';
    throw chatError('invalid_request', { details: { issues: [{ field: 'clientMessageId', problem }] } });
  }
  return fromHeader ?? fromBody;
}
