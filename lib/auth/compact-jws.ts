import { chatError, type ChatError } from '../errors.js';
import { algorithms, type Algorithm, type Claims, type TokenHeader } from './issuer.js';

/** The largest token that is looked at: 8 KiB, half of what Node accepts as all headers of a request together. */
export const maxTokenLength = 8 * 1024;

/** The longest `kid`, in UTF-16 code units. */
const maxKidLength = 256;

/** 9999-12-31T23:59:59Z. A time beyond it is no date but a mistake: milliseconds, for instance. */
const lastSecond = 253_402_300_799;

/** What a token says of itself, before anything of it has been verified. */
export interface UnverifiedToken {
  readonly header: TokenHeader;
  readonly claims: Claims;
}

/**
 * Reads a token in the JWS compact serialization (RFC 7515 section 7.1), strictly: `jsonwebtoken`, which verifies it
 * later, is laxer about encoding and types. Whatever passes here is read by both in the same way: both take the last
 * of duplicate JSON members, as RFC 7515 section 4 allows.
 *
 * Header parameters that bring or name a key (`jwk`, `jku`, `x5u`, `x5c`) are never looked at.
 * @throws ChatError `token_invalid`, with the reason as its cause.
 */
export function parseCompactJws(token: unknown): UnverifiedToken {
  if (typeof token !== 'string') throw refused('it is no string');
  if (token.length > maxTokenLength) throw refused('it is too long');
  const [header, payload, signature, ...more] = token.split('.');
  if (header === undefined || payload === undefined || signature === undefined || more.length > 0) {
    throw refused('it has not three parts');
  }
  decode(signature, 'signature');
  return { header: readHeader(parseObject(header, 'header')), claims: readClaims(parseObject(payload, 'payload')) };
}

/** A refusal; the reason is for the log and repeats nothing of the token. */
export function refused(reason: string): ChatError {
  return chatError('token_invalid', { cause: new Error(`The token was refused: ${reason}`) });
}

function readHeader(header: JsonObject): TokenHeader {
  const { alg, kid, typ } = header;
  if (typeof alg !== 'string' || !(algorithms as readonly string[]).includes(alg))
    throw refused('its alg is not allowed');
  // RFC 7515 section 4.1.11: an extension that is not understood must be refused, and none is understood here. An
  // unencoded payload (RFC 7797) announces itself in both.
  if ('crit' in header || 'b64' in header) throw refused('its header has a critical extension');
  if (kid !== undefined && (typeof kid !== 'string' || kid === '' || kid.length > maxKidLength)) {
    throw refused('its kid is not a string of bounded length');
  }
  if (typ !== undefined && (typeof typ !== 'string' || !/^[\w.+/-]{1,64}$/.test(typ)))
    throw refused('its typ is no media type');
  return {
    alg: alg as Algorithm,
    ...(kid === undefined ? {} : { kid }),
    ...(typ === undefined ? {} : { typ: typ.toLowerCase().replace(/^application\//, '') }),
  };
}

function readClaims(claims: JsonObject): Claims {
  const { exp, nbf, iat, iss, sub, aud } = claims;
  if (!isTime(exp)) throw refused('its exp is missing or no time');
  if (nbf !== undefined && !isTime(nbf)) throw refused('its nbf is no time');
  if (iat !== undefined && !isTime(iat)) throw refused('its iat is no time');
  if (iss !== undefined && typeof iss !== 'string') throw refused('its iss is no string');
  if (sub !== undefined && typeof sub !== 'string') throw refused('its sub is no string');
  if (aud !== undefined && typeof aud !== 'string' && !isStringArray(aud))
    throw refused('its aud is no string or list of them');
  return claims as Claims;
}

/** A NumericDate of RFC 7519: seconds since 1970, not necessarily whole. JSON such as `1e999` reads as Infinity. */
function isTime(value: unknown): value is number {
  return typeof value === 'number' && value >= 0 && value <= lastSecond;
}

function isStringArray(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'string');
}

type JsonObject = Record<string, unknown>;

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

function parseObject(part: string, what: string): JsonObject {
  const bytes = decode(part, what);
  let value: unknown;
  try {
    value = JSON.parse(utf8.decode(bytes));
  } catch {
    throw refused(`its ${what} is not JSON`);
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw refused(`its ${what} is no JSON object`);
  return value as JsonObject;
}

/** Base64url without padding in its one canonical form: no other alphabet, whitespace or non-zero trailing bits. */
function decode(part: string, what: string): Buffer {
  const bytes = Buffer.from(part, 'base64url');
  if (part === '' || bytes.toString('base64url') !== part) throw refused(`its ${what} is not base64url`);
  return bytes;
}
