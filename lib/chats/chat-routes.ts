import { defineRoute, type RouteDeclaration } from '../plugins/route.js';
import type { Chat } from './chat.js';
import { chatParams, listQuery } from './chat-input.js';
import type { Chats } from './chats.js';

/** A started chat as `POST /api/chats/start` answers it and `chat:new` tells it: names, no e-mail addresses. */
export function presentStartedChat({ id, customer, dentist, status, createdAt }: Chat) {
  return {
    id,
    customer: { id: customer.id, name: customer.name },
    dentist: { id: dentist.id, name: dentist.name },
    status,
    createdAt,
  };
}

export function chatRoutes(chats: Chats): RouteDeclaration[] {
  return [
    defineRoute({
      method: 'GET',
      path: '/api/chats',
      query: listQuery,
      handle: async ({ actor, query }) => ({ body: await chats.list(actor, query) }),
    }),
    defineRoute({
      method: 'POST',
      path: '/api/chats/start',
      bodyKind: 'none',
      handle: async ({ actor }) => ({ status: 201, body: presentStartedChat(await chats.start(actor)) }),
    }),
    defineRoute({
      method: 'GET',
      path: '/api/chats/:chatId',
      params: chatParams,
      handle: async ({ actor, params }) => ({ body: await chats.get(actor, params.chatId) }),
    }),
  ];
}
