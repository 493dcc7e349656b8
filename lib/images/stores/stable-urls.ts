import { LRUCache } from 'lru-cache';

/** When a URL was signed and when it dies, in milliseconds since the epoch; both whole seconds. */
export interface UrlLife {
  readonly signedAtMs: number;
  readonly expiresAtMs: number;
}

/** A URL that is to be signed anew from a moment on, in milliseconds since the epoch, though its window lasts longer. */
export interface ShortLivedUrl {
  readonly url: string;
  readonly reuseUntilMs: number;
}

export interface StableUrlsOptions {
  /** What a URL has left to live, at least, when it is handed out. Seconds. */
  readonly urlTtlSeconds: number;
  /** Milliseconds since the epoch. */
  now(): number;
  sign(key: string, contentType: string, life: UrlLife): string | Promise<string | ShortLivedUrl>;
}

/** About 10 MB of URLs: some forty pages of fifty messages with five images each. */
const rememberedUrls = 20_000;

/**
 * Signs URLs that stay the same for a window of half the time to live, so that a browser that has the picture need not
 * load it again, and so that most signatures are made once. A URL lives for 1 to 1.5 times `urlTtlSeconds`.
 */
export function createStableUrls({ urlTtlSeconds, now, sign }: StableUrlsOptions) {
  const ttlMs = urlTtlSeconds * 1_000;
  const windowMs = Math.max(1_000, Math.floor(urlTtlSeconds / 2) * 1_000);
  const remembered = new LRUCache<string, ShortLivedUrl & { signedAtMs: number }>({ max: rememberedUrls });

  return function urlFor(key: string, contentType: string): string | Promise<string> {
    const name = `${contentType} ${key}`;
    const nowMs = now();
    const signedAtMs = windowStart(name, nowMs, windowMs);
    const known = remembered.get(name);
    if (known?.signedAtMs === signedAtMs && nowMs < known.reuseUntilMs) return known.url;

    const remember = (signed: string | ShortLivedUrl): string => {
      const { url, reuseUntilMs } = typeof signed === 'string' ? { url: signed, reuseUntilMs: Infinity } : signed;
      remembered.set(name, { url, reuseUntilMs, signedAtMs });
      return url;
    };
    const signed = sign(key, contentType, { signedAtMs, expiresAtMs: signedAtMs + windowMs + ttlMs });
    return typeof signed === 'string' ? remember(signed) : signed.then(remember);
  };
}

/** Each URL's windows begin at a moment of its own: they do not all have to be signed again in the same second. */
function windowStart(name: string, nowMs: number, windowMs: number): number {
  let hash = 0;
  for (let i = 0; i < name.length; i += 1) hash = (Math.imul(hash, 31) + name.charCodeAt(i)) >>> 0;
  const offsetMs = (hash % (windowMs / 1_000)) * 1_000;
  return Math.floor((nowMs - offsetMs) / windowMs) * windowMs + offsetMs;
}
