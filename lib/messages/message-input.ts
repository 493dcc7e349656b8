import { z } from 'zod';
import { failWith, id, idText, integerText, isStorableText } from '../parse-input.js';
import type { SendMessageInput } from './message.js';

/** Messages on one page. */
export const pageLimit = { min: 1, max: 100, default: 50 } as const;

/** Longest `clientMessageId`: a UUID takes 36. */
const maxClientMessageId = 128;

export interface MessageLimits {
  readonly maxLength: number;
  readonly maxImages: number;
}

/** A message as a body, a form or a socket payload gives it, before `imageUrls` become keys. */
export type MessageBody = z.output<ReturnType<typeof messageSchemas>['body']>;

const clientMessageId = z
  .string('must be a string')
  .min(1, 'must not be empty')
  .max(maxClientMessageId, `must be at most ${maxClientMessageId} characters long`)
  .regex(/^[\x21-\x7e]+$/, 'must be printable ASCII without spaces')
  .describe('Makes a retry safe: the same sender, chat and id give the first message again.');

/** `Idempotency-Key` means what `clientMessageId` means; an empty one is none. */
export const messageHeaders = z.object({
  'idempotency-key': z.preprocess((given) => (given === '' ? undefined : given), clientMessageId.optional()),
});

/** The parsers of everything that sends, the limits of the configuration in them. */
export function messageSchemas({ maxLength, maxImages }: MessageLimits) {
  const content = z
    .string('must be a string')
    .refine(isStorableText, 'must not contain a NUL byte or a lone surrogate')
    .refine((text) => text.length <= maxLength, failWith('message_too_long'))
    .meta({ maxLength, description: `At most ${maxLength} UTF-16 code units. Required where there are no images.` });
  // Which keys may be used is for the images room to say; here they are text of a sane length.
  const imageKeys = z
    .array(
      z
        .string('must be a string')
        .refine((key) => key.length <= 1_024 && isStorableText(key), failWith('image_key_invalid')),
      'must be an array of keys',
    )
    .refine((keys) => keys.length <= maxImages, failWith('too_many_images'))
    .meta({ maxItems: maxImages, description: 'Keys of uploaded images.' });

  const body = z.object({
    content: content.nullish().transform((text) => text ?? ''),
    imageUrls: imageKeys.nullish().transform((keys) => keys ?? []),
    clientMessageId: clientMessageId.nullish().transform((value) => value ?? undefined),
  });
  const input = z
    .object({
      chatId: id,
      content: content.default(''),
      imageKeys: imageKeys.default([]),
      clientMessageId: clientMessageId.optional(),
    })
    .refine(hasContentOrImages, failWith('message_empty'));
  return { body, input };
}

export type MessageSchemas = ReturnType<typeof messageSchemas>;

/** White space alone is no content. */
function hasContentOrImages({ content, imageKeys }: Pick<SendMessageInput, 'content' | 'imageKeys'>): boolean {
  return imageKeys.length > 0 || content.trim() !== '';
}

export const messageParams = z.object({ chatId: idText, messageId: idText });

/** A page of a chat; `before` and `after` are message ids. */
export const pageQuery = z
  .object({
    limit: integerText(pageLimit.min, pageLimit.max).optional(),
    before: idText.optional(),
    after: idText.optional(),
  })
  .refine(({ before, after }) => before === undefined || after === undefined, 'before and after cannot both be given');

export const pageInput = z
  .object({
    chatId: id,
    limit: z.int().min(pageLimit.min).max(pageLimit.max).optional(),
    before: id.optional(),
    after: id.optional(),
  })
  .refine(({ before, after }) => before === undefined || after === undefined, 'before and after cannot both be given');

export const readUpToBody = z.object({ upTo: id.nullish().transform((value) => value ?? undefined) });

/** Strict: a `messageId` that is no id must never be taken for a request to mark everything. */
export const markReadInput = z.union(
  [z.strictObject({ chatId: id, messageId: id }), z.strictObject({ chatId: id, upTo: id.optional() })],
  'must be { chatId, messageId } or { chatId, upTo? }',
);
