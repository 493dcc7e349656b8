import { createHmac } from 'node:crypto';

/** A compact JWS whose parts are just these texts or bytes, signed with HMAC SHA-256 whatever the header says. */
export function rawToken(header: string | Buffer, payload: string | Buffer, secret: string | Buffer): string {
  return signParts(encode(header), encode(payload), secret);
}

/** The same for parts that are encoded already, perhaps in a way that they should not be. */
export function signParts(header: string, payload: string, secret: string | Buffer): string {
  return `${header}.${payload}.${createHmac('sha256', secret).update(`${header}.${payload}`).digest('base64url')}`;
}

export function encode(part: string | Buffer): string {
  return Buffer.from(part).toString('base64url');
}

/** What a part says. */
export function decode(part: string): Record<string, unknown> {
  return JSON.parse(Buffer.from(part, 'base64url').toString('utf8')) as Record<string, unknown>;
}

/** The three parts of a token. */
export function partsOf(token: string): [header: string, payload: string, signature: string] {
  const [header = '', payload = '', signature = ''] = token.split('.');
  return [header, payload, signature];
}

/** The same bytes in another spelling: a final character with other, unused trailing bits. */
export function respell(part: string): string {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
  const last = alphabet.indexOf(part.slice(-1));
  const other = `${part.slice(0, -1)}${alphabet.charAt(last + 1)}`;
  if (part.length % 4 === 0 || !Buffer.from(part, 'base64url').equals(Buffer.from(other, 'base64url'))) {
    throw new Error('This part has no unused bits');
  }
  return other;
}
