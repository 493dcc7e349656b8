import { chatError, type ChatError } from '../../errors.js';
import type { ImageConfig } from '../../config/config.js';

/**
 * What multer, or busboy below it, refused a form for, in the catalogue's words. Their messages may repeat names that a
 * client chose, so none is kept.
 */
export function toFormError(error: unknown, fieldName: string, config: ImageConfig): ChatError {
  const { code, field } = error as { code?: unknown; field?: unknown };
  switch (code) {
    case 'LIMIT_FILE_SIZE':
      return chatError('image_too_large', { details: { maxBytes: config.maxBytes } });
    case 'LIMIT_FILE_COUNT':
      return tooMany(config);
    case 'LIMIT_UNEXPECTED_FILE':
      return field === fieldName ? tooMany(config) : invalid(`files are taken in the field "${fieldName}" alone`);
    case 'LIMIT_FIELD_VALUE':
      return field === 'content' ? chatError('message_too_long') : invalid('a field is too long');
    case 'LIMIT_PART_COUNT':
    case 'LIMIT_FIELD_COUNT':
      return invalid('there are too many fields');
    default:
      // Cut off, no boundary, a name too long or in brackets, ...
      return typeof code === 'string' && /^E[A-Z]+$/.test(code) && code !== 'ECONNRESET'
        ? chatError('internal_error', { cause: error })
        : invalid('it is cut off or malformed');
  }
}

export function tooMany({ store, maxPerMessage }: ImageConfig): ChatError {
  if (store !== undefined) return chatError('too_many_images', { details: { maxPerMessage } });
  return chatError('unsupported_content_type', { details: { problem: 'this service takes no images' } });
}

export function invalid(problem: string): ChatError {
  return chatError('invalid_multipart', { details: { problem } });
}
