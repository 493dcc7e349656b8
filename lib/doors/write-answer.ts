import { Readable, Stream } from 'node:stream';
import type { Context } from 'koa';
import type { RouteResponse } from '../plugins/answer.js';
import { isLong, toJsonParts } from './json-parts.js';

/**
 * Puts what a handler answers on Koa's response. `usualStatus` is that of an answer that names none.
 * @throws what `JSON.stringify` does, for a body that is no JSON.
 */
export async function writeAnswer(
  ctx: Context,
  { status, headers, body }: RouteResponse,
  usualStatus: number | undefined,
): Promise<void> {
  ctx.set('X-Content-Type-Options', 'nosniff');
  if (headers !== undefined) ctx.set(headers);
  const chosen = status ?? usualStatus;
  ctx.status = chosen ?? 200;
  if (isSentAsItIs(body)) {
    // Where the client has gone Koa leaves a stream alone, and an error that nobody hears would end the process.
    if (body instanceof Stream) body.on('error', () => undefined);
    ctx.body = body;
  } else if (body !== undefined) {
    // Here, and not by Koa when everything is over: what is no JSON (a circle, a BigInt) then fails like all else.
    const json = isLong(body) ? await toJsonParts(body) : JSON.stringify(body);
    if (ctx.response.type === '') ctx.type = 'json';
    if (typeof json === 'object') writeParts(ctx, json);
    else ctx.body = json;
  } else if (chosen === undefined || chosen === 204) {
    ctx.status = 204;
  }
}

/** One after the other: a megabyte at once would hold up everybody for milliseconds. */
function writeParts(ctx: Context, parts: readonly Buffer[]): void {
  ctx.body = Readable.from(parts);
  ctx.length = parts.reduce((length, part) => length + part.length, 0);
}

function isSentAsItIs(body: unknown): boolean {
  return (
    body === null ||
    typeof body === 'string' ||
    ArrayBuffer.isView(body) ||
    body instanceof Stream ||
    body instanceof Blob ||
    body instanceof ReadableStream ||
    body instanceof Response
  );
}
