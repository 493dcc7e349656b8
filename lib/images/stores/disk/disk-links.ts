import { createHmac, createSecretKey, timingSafeEqual, type KeyObject } from 'node:crypto';
import { z } from 'zod';
import { chatError } from '../../../errors.js';
import { isStoreKey } from '../store-key.js';

export interface GetGrant {
  readonly key: string;
  /** The type that the object is shown as, whatever is stored. */
  readonly contentType: string;
  readonly expiresAtMs: number;
}

export interface PutGrant extends GetGrant {
  /** Exactly as many. */
  readonly bytes: number;
}

export interface DiskLinks {
  ready(): Promise<void>;
  signGet(grant: GetGrant): string | Promise<string>;
  signPut(grant: PutGrant): string | Promise<string>;
  /** @throws ChatError `signature_invalid` for a link that was never made so, or that has expired. */
  verifyGet(key: string, query: unknown): Promise<GetGrant>;
  verifyPut(key: string, query: unknown): Promise<PutGrant>;
  now(): number;
}

export interface DiskLinksOptions {
  readonly baseUrl: string;
  readonly secret: () => Promise<Buffer>;
  now(): number;
}

export const diskPath = '/api/chat-images';

/** Links to objects on disk: what they allow is in the query, signed with HMAC-SHA256, and in nothing else. */
export function createDiskLinks({ baseUrl, secret, now }: DiskLinksOptions): DiskLinks {
  let signingKey: KeyObject | undefined;

  async function loadKey(): Promise<KeyObject> {
    return (signingKey ??= createSecretKey(await secret()));
  }

  /** Without a promise once the secret is there: a page signs hundreds. */
  function url(grant: Grant): string | Promise<string> {
    return signingKey === undefined ? loadKey().then((key) => urlFor(key, grant)) : urlFor(signingKey, grant);
  }

  function urlFor(signingKey: KeyObject, grant: Grant): string {
    const { key, contentType, expires, bytes } = grant;
    const size = bytes === undefined ? '' : `&bytes=${bytes}`;
    const signature = digest(signingKey, grant).toString('base64url');
    return `${baseUrl}${diskPath}/${key}?type=${encodeURIComponent(contentType)}${size}&expires=${expires}&signature=${signature}`;
  }

  async function verify(method: Grant['method'], key: string, query: unknown): Promise<Grant> {
    const parsed = querySchema.safeParse(query);
    if (!isStoreKey(key) || !parsed.success) throw chatError('signature_invalid');
    const { type: contentType, expires, bytes, signature } = parsed.data;
    const grant: Grant = { method, key, contentType, expires, bytes };
    const genuine = timingSafeEqual(digest(await loadKey(), grant), signature);
    const alive = now() < expires * 1_000;
    // Both are always looked at, and both fail alike: an answer and its timing tell nothing of why.
    if (!genuine || !alive) throw chatError('signature_invalid');
    return grant;
  }

  return {
    now,
    ready: async () => void (await loadKey()),
    signGet: ({ key, contentType, expiresAtMs }) =>
      url({ method: 'GET', key, contentType, bytes: undefined, expires: Math.ceil(expiresAtMs / 1_000) }),
    signPut: ({ key, contentType, bytes, expiresAtMs }) =>
      url({ method: 'PUT', key, contentType, bytes, expires: Math.ceil(expiresAtMs / 1_000) }),
    async verifyGet(key, query) {
      const { contentType, expires } = await verify('GET', key, query);
      return { key, contentType, expiresAtMs: expires * 1_000 };
    },
    async verifyPut(key, query) {
      const { contentType, expires, bytes } = await verify('PUT', key, query);
      if (bytes === undefined) throw chatError('signature_invalid');
      return { key, contentType, bytes, expiresAtMs: expires * 1_000 };
    },
  };
}

interface Grant {
  readonly method: 'GET' | 'PUT';
  readonly key: string;
  readonly contentType: string;
  readonly bytes: number | undefined;
  /** Seconds since the epoch. */
  readonly expires: number;
}

/** JSON keeps the parts apart, whatever is in them. */
function digest(signingKey: KeyObject, { method, key, contentType, bytes, expires }: Grant): Buffer {
  const text = JSON.stringify(['image', method, key, contentType, bytes ?? null, expires]);
  return createHmac('sha256', signingKey).update(text).digest();
}

const wholeNumber = z
  .string()
  .regex(/^[1-9]\d{0,14}$/)
  .transform(Number);

const querySchema = z.object({
  type: z.string().max(100),
  bytes: wholeNumber.optional(),
  expires: wholeNumber,
  signature: z
    .string()
    .regex(/^[\w-]{43}$/)
    .transform((text) => Buffer.from(text, 'base64url')),
});
