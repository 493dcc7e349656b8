import { generateKeyPairSync } from 'node:crypto';
import jwt from 'jsonwebtoken';

/** Tokens of the kind that the dearest issuers give out: RS256 with a key of 2,048 bits. */
export interface BenchTokens {
  /** PEM. */
  readonly publicKey: string;
  tokenOf(type: 'customer' | 'dentist', id: number): string;
}

export function createTokens(): BenchTokens {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2_048 });
  const signed = new Map<string, string>();
  function sign(type: string, id: number): string {
    const claims = { token_type: 'access', user_id: id, user_type: type };
    const token = jwt.sign(claims, privateKey, { algorithm: 'RS256', expiresIn: '12h' });
    signed.set(`${type}:${id}`, token);
    return token;
  }
  return {
    publicKey: publicKey.export({ format: 'pem', type: 'spki' }).toString(),
    tokenOf: (type, id) => signed.get(`${type}:${id}`) ?? sign(type, id),
  };
}
