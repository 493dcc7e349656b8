import { errorCatalogue, type ChatErrorCode } from '../errors.js';
import type { JsonObject } from './schema-writer.js';

/** An error that can have these codes alone. */
export function errorSchema(codes: readonly ChatErrorCode[]): JsonObject {
  return {
    type: 'object',
    properties: {
      code: { type: 'string', enum: codes },
      message: { type: 'string' },
      details: { type: 'object', additionalProperties: true },
    },
    required: ['code', 'message'],
  };
}

/** `- code: message`, as Markdown. */
export function describeCodes(codes: readonly ChatErrorCode[]): string {
  return codes.map((code) => `- \`${code}\`: ${errorCatalogue[code].message}`).join('\n');
}
