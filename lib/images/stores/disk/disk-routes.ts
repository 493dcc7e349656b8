import type { IncomingMessage } from 'node:http';
import { z } from 'zod';
import { ChatError, chatError } from '../../../errors.js';
import type { RouteResponse } from '../../../plugins/answer.js';
import { defineRoute, type RouteDeclaration } from '../../../plugins/route.js';
import { diskPath, type DiskLinks, type PutGrant } from './disk-links.js';
import { WrongSizeError, type DiskObjects } from './disk-objects.js';

const params = z.object({ key: z.string() });
/** Checked where it is verified: whatever is wrong with a link, the answer is the same. */
const query = z.record(z.string(), z.unknown());

/** The disk store's signed URLs. Who has one needs no token, as with S3. */
export function diskRoutes(objects: DiskObjects, links: DiskLinks): RouteDeclaration[] {
  const writing = new Map<string, IncomingMessage>();

  /** One upload of a key at a time: a link that leaked, or a client gone mad, fills the disk with one draft and not with many. */
  async function alone(key: string, request: IncomingMessage, write: () => Promise<void>): Promise<void> {
    // The newest goes on: who begins anew has lost the former, which the server may not know yet.
    writing.get(key)?.destroy();
    writing.set(key, request);
    try {
      await write();
    } finally {
      if (writing.get(key) === request) writing.delete(key);
    }
  }

  return [
    defineRoute({
      operationId: 'getPicture',
      summary: 'The bytes of a picture',
      description: 'Where `url` and `thumbnailUrl` lead where pictures are kept on disk. Follow them as they are.',
      method: 'GET',
      path: `${diskPath}/*key`,
      auth: 'none',
      params,
      query,
      answers: {
        200: {
          description: 'The picture',
          contentType: 'image/*',
          headers: { 'Cache-Control': '`private`, and immutable for as long as the link is good' },
        },
      },
      errors: ['signature_invalid', 'image_not_found', 'image_store_unavailable'],
      async handle({ params, query, signal }): Promise<RouteResponse> {
        const grant = await links.verifyGet(params.key, query);
        const found = await objects.read(grant.key, signal);
        if (found === null) throw chatError('image_not_found');
        const secondsLeft = Math.max(0, Math.floor((grant.expiresAtMs - links.now()) / 1_000));
        return {
          headers: {
            ...inertHeaders,
            'Content-Type': grant.contentType,
            'Content-Length': String(found.bytes),
            'Cache-Control': `private, max-age=${secondsLeft}, immutable`,
          },
          body: found.body,
        };
      },
    }),

    defineRoute({
      operationId: 'putPicture',
      summary: 'Takes the bytes of one upload',
      description: 'Where an upload leads where pictures are kept on disk. Send it as it says.',
      method: 'PUT',
      path: `${diskPath}/*key`,
      auth: 'none',
      bodyKind: 'none',
      params,
      query,
      answers: { 204: { description: 'It is there' } },
      errors: ['signature_invalid', 'image_too_large', 'unsupported_content_type', 'image_store_unavailable'],
      async handle({ params, query, ctx, signal }): Promise<RouteResponse> {
        const grant = await links.verifyPut(params.key, query);
        requireDeclared(grant, ctx.request.headers);
        try {
          await alone(grant.key, ctx.req, () => objects.write(grant.key, ctx.req, grant, signal));
        } catch (error) {
          throw refusal(error, ctx.req);
        }
        return { status: 204 };
      },
    }),
  ];
}

/** Whatever the bytes are, a browser shows them as the signed type, alone, and runs nothing. */
const inertHeaders = {
  'X-Content-Type-Options': 'nosniff',
  'Content-Security-Policy': "default-src 'none'; sandbox",
  'Content-Disposition': 'inline',
  // The link is the permission. A host's stricter default would hide the picture from its own app on another origin.
  'Cross-Origin-Resource-Policy': 'cross-origin',
};

function requireDeclared(grant: PutGrant, headers: { 'content-type'?: string; 'content-length'?: string }): void {
  if (headers['content-type']?.toLowerCase() !== grant.contentType) throw chatError('unsupported_content_type');
  if (headers['content-length'] === undefined) return; // chunked: counted as it comes
  const bytes = Number(headers['content-length']);
  if (bytes !== grant.bytes) throw wrongSize(bytes > grant.bytes);
}

function refusal(error: unknown, request: IncomingMessage): unknown {
  if (error instanceof WrongSizeError) return wrongSize(error.tooLarge);
  if (error instanceof ChatError) return error;
  // Broken off, by its client or for the next of its key.
  return request.destroyed && !request.complete ? chatError('invalid_request', { cause: error }) : error;
}

function wrongSize(tooLarge: boolean): Error {
  if (tooLarge) return chatError('image_too_large');
  return chatError('invalid_request', {
    details: { issues: [{ field: 'body', problem: 'is shorter than was said' }] },
  });
}
