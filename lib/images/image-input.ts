import { z } from 'zod';
import { idText } from '../parse-input.js';

const sizeProblem = 'must be the number of bytes of the image, 1 or more';

/** `POST /api/chats/:chatId/uploads`. How many, how large and of which type is for the operation to say. */
export const uploadsBody = z.object({
  images: z
    .array(
      z.object({
        contentType: z
          .string('must be a content type')
          .max(100, 'must be a content type')
          .transform((type) => type.toLowerCase()),
        bytes: z.number(sizeProblem).int(sizeProblem).min(1, sizeProblem).max(Number.MAX_SAFE_INTEGER, sizeProblem),
      }),
      'must be an array of { contentType, bytes }',
    )
    .min(1, 'must name at least one image'),
});

export const uploadsParams = z.object({ chatId: idText });
export const imageParams = z.object({ chatId: idText, imageId: idText });
