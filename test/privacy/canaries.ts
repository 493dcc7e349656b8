import { randomBytes } from 'node:crypto';

/** Strings that a test finds again wherever they have got to. */
export interface Canaries {
  /** A new one, to put into what is sent. */
  text(what: string): string;
  /** Takes one that something else has made: a token, an upload key, a signed URL. Gives it back. */
  keep(what: string, secret: string): string;
  /** A token, and each of its parts that no other token has. */
  keepToken(what: string, token: string): string;
  /** What those are that stand in the text. */
  foundIn(text: string): string[];
  /** What there is any of. */
  kinds(): Set<string>;
}

export function createCanaries(): Canaries {
  const secrets = new Map<string, string>();
  const keep = (what: string, secret: string): string => {
    secrets.set(secret, what);
    return secret;
  };
  return {
    keep,
    text: (what) => keep(what, `canary-${randomBytes(8).toString('hex')}`),
    keepToken(what, token) {
      // The header is the same for all of a key's.
      for (const part of token.split('.').slice(1)) if (part.length > 20) keep(what, part);
      return keep(what, token);
    },
    foundIn: (text) => [...new Set([...secrets].filter(([secret]) => text.includes(secret)).map(([, what]) => what))],
    kinds: () => new Set(secrets.values()),
  };
}
