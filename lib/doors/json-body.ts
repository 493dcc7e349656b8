import type { Context } from 'koa';
import getRawBody from 'raw-body';
import { chatError } from '../errors.js';

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: false });

/**
 * The JSON body of a request: `{}` where there is none. A body that the host has parsed already is taken as it is.
 * @throws ChatError `unsupported_content_type`, `body_too_large`, `invalid_json` (for bytes that are no UTF-8 too: read
 * leniently they would come back as other text).
 */
export async function readJsonBody(ctx: Context, maxBytes: number): Promise<unknown> {
  const parsed = (ctx.request as { body?: unknown }).body;
  if (parsed !== undefined) return parsed;
  const type = ctx.is('application/json', '+json');
  if (type === null) return {}; // neither a length nor a transfer encoding: no body
  if (ctx.request.length === 0) return {};
  if (type === false) throw chatError('unsupported_content_type', { details: { expected: 'application/json' } });
  const charset = ctx.request.charset.toLowerCase();
  const encoding = ctx.get('content-encoding').toLowerCase();
  if ((charset !== '' && charset !== 'utf-8' && charset !== 'utf8') || (encoding !== '' && encoding !== 'identity')) {
    throw chatError('unsupported_content_type', { details: { expected: 'UTF-8 without content-encoding' } });
  }
  const bytes = await readBytes(ctx, maxBytes);
  if (bytes.length === 0) return {};
  try {
    return JSON.parse(utf8.decode(bytes)) as unknown;
  } catch {
    // The parser's message repeats part of the body, so it is not kept.
    throw chatError('invalid_json');
  }
}

async function readBytes(ctx: Context, maxBytes: number): Promise<Buffer> {
  try {
    return await getRawBody(ctx.req, { limit: maxBytes, length: ctx.get('content-length') || null });
  } catch (cause) {
    const { type } = cause as { type?: string };
    if (type === 'entity.too.large') throw chatError('body_too_large', { details: { maxBytes } });
    throw chatError('invalid_request', { cause }); // cut off on its way, or not as long as it said
  }
}
