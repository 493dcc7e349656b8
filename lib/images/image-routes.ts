import { defineRoute, type RouteDeclaration } from '../plugins/route.js';
import { imageParams, uploadsBody, uploadsParams } from './image-input.js';
import { imageUploads } from './image-output.js';
import type { Images } from './images.js';

export function imageRoutes(images: Images): RouteDeclaration[] {
  return [
    defineRoute({
      operationId: 'createUploads',
      summary: 'Where to send images before their message',
      description:
        'Send each image where its answer says, as it says, and then a message with the keys in `imageUrls`. ' +
        'Uploads that are not sent go after a day.',
      method: 'POST',
      path: '/api/chats/:chatId/uploads',
      params: uploadsParams,
      body: uploadsBody,
      bodyExample: { images: [{ contentType: 'image/jpeg', bytes: 482_113 }] },
      answers: { 201: { description: 'Where each goes', body: imageUploads, example: uploadsExample } },
      errors: [
        'too_many_images',
        'not_participant',
        'chat_not_found',
        'chat_closed',
        'image_too_large',
        'unsupported_image_type',
        'unsupported_content_type',
        'image_store_unavailable',
      ],
      handle: async ({ actor, params: { chatId }, body }) => ({
        body: { uploads: await images.createUploads(actor, { chatId, ...body }) },
      }),
    }),
    defineRoute({
      operationId: 'getImage',
      summary: 'A fresh URL of a picture',
      description: 'For a message whose URLs have expired.',
      method: 'GET',
      path: '/api/chats/:chatId/images/:imageId',
      params: imageParams,
      answers: {
        302: {
          description: 'The picture is there',
          headers: { Location: 'A signed URL of the picture, which expires' },
        },
      },
      errors: ['chat_not_found', 'image_not_found', 'image_store_unavailable'],
      // The door says no-store, so nobody keeps where this points now.
      handle: async ({ actor, params: { chatId, imageId } }) => ({
        headers: { Location: await images.urlOf(actor, chatId, imageId) },
      }),
    }),
  ];
}

const uploadsExample = {
  uploads: [
    {
      key: 'chats/123/9f2c1b7e',
      method: 'PUT',
      url: 'https://pictures.example.com/chats/123/9f2c1b7e?signature=9a1b',
      headers: { 'Content-Type': 'image/jpeg' },
      expiresAt: '2026-02-13T11:15:00Z',
    },
  ],
};
