import type { z } from 'zod';
import { defineRoute, type RouteDeclaration } from '../plugins/route.js';
import type { Chat } from './chat.js';
import { chatExample, chatListExample, startedChatExample } from './chat-examples.js';
import { chatParams, listQuery } from './chat-input.js';
import { chatDetails, chatList, startedChat } from './chat-output.js';
import type { Chats } from './chats.js';
import { shareLists } from './share-lists.js';

/** A started chat as `POST /api/chats/start` answers it and `chat:new` tells it: names, no e-mail addresses. */
export function presentStartedChat({ id, customer, dentist, status, createdAt }: Chat): z.output<typeof startedChat> {
  return {
    id,
    customer: { id: customer.id, name: customer.name },
    dentist: { id: dentist.id, name: dentist.name },
    status,
    createdAt,
  };
}

export function chatRoutes(chats: Chats): RouteDeclaration[] {
  const list = shareLists((actor, input) => chats.list(actor, input));
  return [
    defineRoute({
      operationId: 'listChats',
      summary: "The caller's chats, newest activity first",
      description: 'All of them, or a page where `limit` or `before` is given.',
      method: 'GET',
      path: '/api/chats',
      query: listQuery,
      answers: { 200: { description: 'The chats', body: chatList, example: chatListExample } },
      errors: ['directory_unavailable'],
      handle: async ({ actor, query }) => ({ body: await list(actor, query) }),
    }),
    defineRoute({
      operationId: 'startChat',
      summary: "Starts a customer's chat with the assigned dentist",
      method: 'POST',
      path: '/api/chats/start',
      bodyKind: 'none',
      answers: { 201: { description: 'The new chat', body: startedChat, example: startedChatExample } },
      errors: ['chat_already_exists', 'customers_only', 'no_assigned_dentist', 'directory_unavailable'],
      handle: async ({ actor }) => ({ body: presentStartedChat(await chats.start(actor)) }),
    }),
    defineRoute({
      operationId: 'getChat',
      summary: 'One chat',
      method: 'GET',
      path: '/api/chats/:chatId',
      params: chatParams,
      answers: { 200: { description: 'The chat', body: chatDetails, example: chatExample } },
      errors: ['chat_not_found', 'directory_unavailable'],
      handle: async ({ actor, params }) => ({ body: await chats.get(actor, params.chatId) }),
    }),
  ];
}
