import { z } from 'zod';
import { timestamp } from '../output-shapes.js';
import { id } from '../parse-input.js';

const pixels = z.int().min(1);

export const messageImage = z
  .object({
    id,
    url: z
      .string()
      .describe('A signed GET URL that expires; `GET /api/chats/{chatId}/images/{imageId}` gives a fresh one.'),
    thumbnailUrl: z.string().describe('The same picture, small: signed and expiring too.'),
    width: pixels.describe('In pixels, upright, so that a client can lay out before it loads.'),
    height: pixels,
    contentType: z.string().describe('Of the picture behind both URLs: `image/jpeg` or `image/webp`.'),
    bytes: z.int().min(0),
    placeholder: z
      .string()
      .describe('A ThumbHash in base64, about 35 characters: the picture as a blur, its shape and mean colour.'),
  })
  .meta({ id: 'MessageImage', description: 'An image of a message, as a reader gets it.' });

const texts = z.record(z.string(), z.string());

export const imageUploads = z
  .object({
    uploads: z
      .array(
        z
          .object({
            key: z.string().describe('What `imageUrls` of a message takes, once the bytes are there.'),
            method: z.enum(['PUT', 'POST']),
            url: z.string(),
            headers: texts.describe('Headers that must be sent with the upload.'),
            fields: texts
              .optional()
              .describe('Form fields that come before the file, for a `POST` of `multipart/form-data`.'),
            expiresAt: timestamp,
          })
          .meta({ id: 'ImageUpload', description: 'Where one image goes.' }),
      )
      .readonly()
      .describe('In the order asked for.'),
  })
  .meta({ id: 'ImageUploads' });
