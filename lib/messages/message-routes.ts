import type { Context } from 'koa';
import { chatParams } from '../chats/chat-input.js';
import { chatError } from '../errors.js';
import { parseInput } from '../parse-input.js';
import { defineRoute, type RouteDeclaration } from '../plugins/route.js';
import {
  clientMessageId,
  messageParams,
  pageQuery,
  readUpToBody,
  type MessageBody,
  type MessageSchemas,
} from './message-input.js';
import type { ReadReceipt, SendMessageInput } from './message.js';
import type { Messages } from './messages.js';
import { presentInPage, presentSent } from './present-message.js';

export function messageRoutes(messages: Messages, schemas: MessageSchemas): RouteDeclaration[] {
  return [
    defineRoute({
      method: 'GET',
      path: '/api/chats/:chatId/messages',
      params: chatParams,
      query: pageQuery,
      async handle({ actor, params, query }) {
        const page = await messages.page(actor, { ...params, ...query });
        return { body: { ...page, messages: page.messages.map(presentInPage) } };
      },
    }),
    defineRoute({
      method: 'POST',
      path: '/api/chats/:chatId/messages',
      params: chatParams,
      body: schemas.body,
      bodyKind: 'form',
      async handle({ actor, params: { chatId }, body, files, signal, ctx }) {
        const message = { chatId, ...body, clientMessageId: clientIdOf(ctx, body) };
        return {
          status: 201,
          body: presentSent(await messages.send(actor, toSendInput(schemas, message, files.length), files, signal)),
        };
      },
    }),
    defineRoute({
      method: 'POST',
      path: '/api/chats/:chatId/messages/:messageId/read',
      params: messageParams,
      bodyKind: 'none',
      async handle({ actor, params }) {
        const { messageId, readAt } = await messages.markRead(actor, params);
        return { body: { id: messageId, isRead: true, readAt } };
      },
    }),
    defineRoute({
      method: 'POST',
      path: '/api/chats/:chatId/read',
      params: chatParams,
      body: readUpToBody,
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

export function presentReceipt({ messageId, messageIds, readAt }: ReadReceipt) {
  return { messageId, messageIds, readAt };
}

/** `clientMessageId` of the body, or the `Idempotency-Key` header, which means the same. */
function clientIdOf(ctx: Context, body: MessageBody): string | undefined {
  const header = ctx.get('idempotency-key');
  if (header === '') return body.clientMessageId;
  const fromHeader = parseInput(clientMessageId, header);
  if (body.clientMessageId !== undefined && body.clientMessageId !== fromHeader) {
    const problem = 'must be the same as the Idempotency-Key header';
    throw chatError('invalid_request', { details: { issues: [{ field: 'clientMessageId', problem }] } });
  }
  return fromHeader;
}
