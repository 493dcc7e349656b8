import { attackerKey } from '../trap-server.js';
import { johnsToken, refusals, smithsToken, type Mint } from './token-row.js';

const attackerJwk = { ...attackerKey.publicKey.export({ format: 'jwk' }), kid: attackerKey.kid };

/** John's token by the attacker's key, with a header that says where that key is. */
function lure(mint: Mint, header: Record<string, unknown>): string {
  return johnsToken(mint, { header: { kid: attackerKey.kid, ...header }, key: attackerKey.privateKey });
}

/** Tokens whose header brings the key, says where to fetch it, or names one in a hostile way. */
export const keysFromTheHeader = refusals('token_invalid', {
  'a key in the header': (mint) => lure(mint, { jwk: attackerJwk }),
  'a key in the header under the kid of the pool': (mint) =>
    lure(mint, { kid: mint.tokens.jwks.current.kid, jwk: { ...attackerJwk, kid: mint.tokens.jwks.current.kid } }),
  'a key in the header and no kid': (mint) => lure(mint, { kid: undefined, jwk: attackerJwk }),
  'the address of a key set': (mint) => lure(mint, { jku: mint.trapUrl }),
  'the address of a key set that looks like the pool': (mint) =>
    lure(mint, { jku: `${mint.trapUrl}?${encodeURIComponent(mint.tokens.cognitoIssuer)}` }),
  'the address of a certificate': (mint) => lure(mint, { x5u: mint.trapUrl }),
  'a certificate in the header': (mint) =>
    lure(mint, { x5c: [attackerKey.publicKey.export({ format: 'der', type: 'spki' }).toString('base64')] }),
  'addresses inside a key in the header': (mint) =>
    lure(mint, { jwk: { ...attackerJwk, jku: mint.trapUrl, x5u: mint.trapUrl } }),
  'the address of a key set in a list': (mint) => lure(mint, { jku: [mint.trapUrl], x5u: { url: mint.trapUrl } }),
  'a header inside the header': (mint) =>
    lure(mint, { header: { alg: 'RS256', jku: mint.trapUrl, jwk: attackerJwk, kid: attackerKey.kid } }),
  'a header inside the claims': (mint) =>
    johnsToken(mint, {
      header: { kid: attackerKey.kid },
      claims: { jku: mint.trapUrl, jwk: attackerJwk, cnf: { jwk: attackerJwk, jku: mint.trapUrl } },
      key: attackerKey.privateKey,
    }),
  'a key in the prototype of the header': (mint) =>
    lure(mint, { ['__proto__']: { jwk: attackerJwk, jku: mint.trapUrl, kid: attackerKey.kid } }),
  'an iss at which the key set is the attacker’s': (mint) =>
    johnsToken(mint, {
      header: { kid: attackerKey.kid },
      claims: { iss: mint.trapUrl.replace('/jwks.json', '') },
      key: attackerKey.privateKey,
    }),
  'the address of a file as kid': (mint) =>
    johnsToken(mint, { header: { kid: 'file:///dev/null' }, key: attackerKey.privateKey }),
  'an address as kid': (mint) => lure(mint, { kid: mint.trapUrl }),
  'a kid that nobody has': (mint) => johnsToken(mint, { header: { kid: 'nobody' } }),
  'a kid that climbs to an empty file': (mint) =>
    johnsToken(mint, { header: { kid: '../../../../../../dev/null' }, key: attackerKey.privateKey }),
  'a kid with SQL in it': (mint) =>
    johnsToken(mint, { header: { kid: `x' UNION SELECT 'key` }, key: attackerKey.privateKey }),
  'a kid with a command in it': (mint) =>
    johnsToken(mint, { header: { kid: '/keys/a|curl localhost' }, key: attackerKey.privateKey }),
  'a kid that names a member of every object': (mint) =>
    johnsToken(mint, { header: { kid: 'constructor' }, key: attackerKey.privateKey }),
  'a kid that is a number': (mint) => johnsToken(mint, { header: { kid: 0 } }),
  'a kid that is an object': (mint) => johnsToken(mint, { header: { kid: { $ne: '' } } }),
  'a kid that is null': (mint) => johnsToken(mint, { header: { kid: null } }),
  'an empty kid': (mint) => johnsToken(mint, { header: { kid: '' } }),
  'a kid without end': (mint) => johnsToken(mint, { header: { kid: 'k'.repeat(5_000) } }),
  'a kid that is a number where no kid matters': (mint) => smithsToken(mint, { header: { kid: 1 } }),
  'a kid without end where no kid matters': (mint) => smithsToken(mint, { header: { kid: 'k'.repeat(5_000) } }),
  'a critical extension': (mint) => smithsToken(mint, { header: { crit: ['urn:example'], 'urn:example': true } }),
  'a critical extension that is a registered claim': (mint) => smithsToken(mint, { header: { crit: ['exp'], exp: 1 } }),
  'an empty list of critical extensions': (mint) => smithsToken(mint, { header: { crit: [] } }),
  'an unencoded payload': (mint) => smithsToken(mint, { header: { b64: false, crit: ['b64'] } }),
  'an unencoded payload that does not say to be critical': (mint) => smithsToken(mint, { header: { b64: false } }),
});
