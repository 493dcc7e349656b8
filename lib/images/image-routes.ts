import { defineRoute, type RouteDeclaration } from '../plugins/route.js';
import { imageParams, uploadsBody, uploadsParams } from './image-input.js';
import type { Images } from './images.js';

export function imageRoutes(images: Images): RouteDeclaration[] {
  return [
    defineRoute({
      method: 'POST',
      path: '/api/chats/:chatId/uploads',
      params: uploadsParams,
      body: uploadsBody,
      handle: async ({ actor, params: { chatId }, body }) => ({
        status: 201,
        body: { uploads: await images.createUploads(actor, { chatId, ...body }) },
      }),
    }),
    defineRoute({
      method: 'GET',
      path: '/api/chats/:chatId/images/:imageId',
      params: imageParams,
      // The door says no-store, so nobody keeps where this points now.
      handle: async ({ actor, params: { chatId, imageId } }) => ({
        status: 302,
        headers: { Location: await images.urlOf(actor, chatId, imageId) },
      }),
    }),
  ];
}
