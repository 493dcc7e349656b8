import { resolve } from 'node:path';
import { z } from 'zod';
import { parseOptions } from '../../../config/parse-options.js';
import type { ImageStore } from '../../image-store.js';
import { createStableUrls } from '../stable-urls.js';
import { requireStoreKey } from '../store-key.js';
import { urlTtlSeconds } from '../store-options.js';
import { createDiskLinks } from './disk-links.js';
import { openDiskObjects } from './disk-objects.js';
import { diskRoutes } from './disk-routes.js';
import { loadSecret } from './disk-secret.js';

export interface DiskImageStoreOptions {
  /** The folder of the images; made, for its owner alone, when it is not there. Several processes may share it. */
  dir: string;
  /** Signs the URLs; at least 32 characters. Default: random, kept in the folder, so that URLs survive a restart. */
  secret?: string;
  /**
   * What comes before `/api/chat-images` in a URL: the public origin, and the module's `basePath` where it has one.
   * Default empty: URLs are relative to the origin of the page.
   */
  baseUrl?: string;
  /** How long a URL lives at least, and at most half as long again. Default 900 s; 10 to 86,400. */
  urlTtlSeconds?: number;
  /** Milliseconds since the epoch. Default `Date.now`. */
  now?: () => number;
}

/**
 * Keeps images in a folder and serves them itself, below `/api/chat-images`, to whoever has a signed URL.
 * @throws ChatSetupError for options that it cannot use. No I/O before the first use.
 */
export function diskImageStore(options: DiskImageStoreOptions): ImageStore {
  const { dir, secret, baseUrl, urlTtlSeconds, now } = parseOptions('diskImageStore', optionsSchema, options);
  const folder = resolve(dir);
  const objects = openDiskObjects(folder);
  const links = createDiskLinks({ baseUrl, now, secret: loadSecret(folder, secret) });
  const urlFor = createStableUrls({
    urlTtlSeconds,
    now,
    sign: (key, contentType, { expiresAtMs }) => links.signGet({ key, contentType, expiresAtMs }),
  });

  return {
    async start() {
      await objects.prepare();
      await objects.removeAbandoned();
      await links.ready();
    },
    removeAbandoned: () => objects.removeAbandoned(),
    put: (key, body, object, signal) => objects.write(requireStoreKey(key), body, object, signal),
    head: (key) => objects.head(requireStoreKey(key)),
    async get(key, signal) {
      const found = await objects.read(requireStoreKey(key), signal);
      return found?.body ?? null;
    },
    async delete(keys) {
      for (const key of keys) await objects.remove(requireStoreKey(key));
    },
    signGetUrl: (key, contentType) => urlFor(requireStoreKey(key), contentType),
    async signUpload(key, { contentType, bytes }) {
      const expiresAtMs = now() + urlTtlSeconds * 1_000;
      const url = await links.signPut({ key: requireStoreKey(key), contentType, bytes, expiresAtMs });
      return {
        method: 'PUT',
        url,
        headers: { 'Content-Type': contentType },
        expiresAt: new Date(expiresAtMs).toISOString(),
      };
    },
    routes: diskRoutes(objects, links),
  };
}

const optionsSchema = z.strictObject({
  dir: z.string('must be the path of a folder').min(1, 'must be the path of a folder'),
  secret: z.string().min(32, 'must have at least 32 characters').optional(),
  baseUrl: z
    .string()
    .refine((url) => url === '' || url.startsWith('/') || /^https?:\/\//.test(url), 'must be an http(s) URL or a path')
    .transform((url) => url.replace(/\/+$/, ''))
    .default(''),
  urlTtlSeconds,
  now: z
    .custom<() => number>((value) => typeof value === 'function', 'must be a function')
    .default(() => () => Date.now()),
});
