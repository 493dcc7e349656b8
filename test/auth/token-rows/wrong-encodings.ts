import { decode, encode, partsOf, rawToken, respell, signParts } from '../raw-token.js';
import { inSeconds, johnsToken, refusals, smithsToken, smithUserId, type Mint } from './token-row.js';

const header = '{"alg":"HS256"}';
/** A header and claims whose encodings have unused bits at their ends. */
const spaciousHeader = '{"alg": "HS256"}';
const claims = (): string => `{"token_type":"access","exp":${inSeconds(3_600)},"user_id":${smithUserId}}`;
const spaciousClaims = (): string => claims().padEnd(Math.ceil(claims().length / 3) * 3 + 1);

const withHeader = (text: string | Buffer) => (mint: Mint) => rawToken(text, claims(), mint.tokens.django.secret);
const withPayload = (text: string | Buffer) => (mint: Mint) => rawToken(header, text, mint.tokens.django.secret);
const withParts = (head: string, payload: () => string) => (mint: Mint) =>
  signParts(head, payload(), mint.tokens.django.secret);

/** A token in the JSON serialization of RFC 7515 section 7.2. */
function inJson(mint: Mint, form: 'general' | 'flattened'): string {
  const [head, payload, signature] = partsOf(smithsToken(mint));
  const signed = { protected: head, signature };
  return JSON.stringify(form === 'general' ? { payload, signatures: [signed] } : { payload, ...signed });
}

/** Tokens that are not the strict compact serialization of a JWS, most of them with a right signature. */
export const wrongEncodings = refusals('token_invalid', {
  'the flattened JSON serialization': (mint) => inJson(mint, 'flattened'),
  'the general JSON serialization': (mint) => inJson(mint, 'general'),
  'two parts': (mint) => partsOf(smithsToken(mint)).slice(0, 2).join('.'),
  'four parts': (mint) => `${smithsToken(mint)}.`,
  'five parts, as of an encrypted token': (mint) => `${smithsToken(mint)}.AAAA.AAAA`,
  'one part': () => 'token',
  'the word undefined': () => 'undefined',
  'three parts of nothing': () => '..',
  'an empty header': (mint) => withParts('', claims)(mint),
  'an empty payload': withParts(encode(header), () => ''),
  'an empty signature': (mint) => `${partsOf(smithsToken(mint)).slice(0, 2).join('.')}.`,
  'a header spelled otherwise': withParts(respell(encode(spaciousHeader)), () => encode(claims())),
  'a payload spelled otherwise': withParts(encode(header), () => respell(encode(spaciousClaims()))),
  'a signature spelled otherwise': (mint) => {
    const [head, payload, signature] = partsOf(smithsToken(mint));
    return `${head}.${payload}.${respell(signature)}`;
  },
  'an RSA signature spelled otherwise': (mint) => {
    const [head, payload, signature] = partsOf(johnsToken(mint));
    return `${head}.${payload}.${respell(signature)}`;
  },
  'a padded header': withParts(`${encode(spaciousHeader)}==`, () => encode(claims())),
  'a padded payload': withParts(encode(header), () => `${encode(spaciousClaims())}==`),
  'a padded signature': (mint) => `${smithsToken(mint)}=`,
  'the other base64 alphabet': withParts(encode(header), () =>
    Buffer.from(claims().replace('}', ',"x":"???>>>"}')).toString('base64'),
  ),
  'a percent sign': (mint) => smithsToken(mint).replace('.', '%2E.'),
  'a space before': (mint) => ` ${smithsToken(mint)}`,
  'a space inside': (mint) => smithsToken(mint).replace('.', '. '),
  'a line break inside': (mint) => smithsToken(mint).replace('.', '.\r\n'),
  'a line break after': (mint) => `${smithsToken(mint)}\n`,
  'a NUL after': (mint) => `${smithsToken(mint)}\0`,
  'a letter of another script': (mint) => smithsToken(mint).replace('e', 'е'),
  'the scheme before it': (mint) => `Bearer ${smithsToken(mint)}`,
  'two tokens': (mint) => `${smithsToken(mint)} ${smithsToken(mint)}`,
  'two tokens with a comma': (mint) => `${smithsToken(mint)},${smithsToken(mint)}`,
  'quotes around it': (mint) => `"${smithsToken(mint)}"`,
  'a header that is a list': withHeader('["HS256"]'),
  'a header that is text': withHeader('"HS256"'),
  'a header that is null': withHeader('null'),
  'a header that is no JSON': withHeader("{alg:'HS256'}"),
  'a header with a byte order mark': withHeader(`\ufeff${header}`),
  'a header that is not UTF-8': withHeader(
    Buffer.concat([Buffer.from('{"alg":"HS256","x":"'), Buffer.of(0xff), Buffer.from('"}')]),
  ),
  'a payload that is a list': withPayload(`[${claims()}]`),
  'a payload that is text': withPayload('"access"'),
  'a payload that is null': withPayload('null'),
  'a payload that is a number': withPayload('1'),
  'a payload that is no JSON': withPayload('exp=1'),
  'a payload with something after it': withPayload(`${claims()}{}`),
  'a payload with a byte order mark': withPayload(`\ufeff${claims()}`),
  'a payload that is not UTF-8': withPayload(
    Buffer.concat([Buffer.from('{"x":"'), Buffer.of(0xc3), Buffer.from(`",${claims().slice(1)}`)]),
  ),
  'a payload that is compressed': (mint) => smithsToken(mint, { header: { zip: 'DEF' } }).replace(/\.[^.]*\./, '.eJw.'),
  'a payload that never ends': withPayload(`{"x":${'['.repeat(2_000)}`),
  'a token of 9 KiB': (mint) => smithsToken(mint, { claims: { x: 'x'.repeat(6_500) } }),
  'a token of 100 KB': (mint) => smithsToken(mint, { claims: { x: 'x'.repeat(75_000) } }),
  'a token of dots': () => '.'.repeat(100_000),
  'a token inside a token': (mint) => {
    const [head, , signature] = partsOf(smithsToken(mint));
    return `${head}.${encode(smithsToken(mint))}.${signature}`;
  },
  'a header that says what the payload should': ({ tokens }) =>
    rawToken(JSON.stringify({ alg: 'HS256', ...decode(encode(claims())) }), '{}', tokens.django.secret),
});
