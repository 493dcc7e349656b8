import { createTokenVerifier } from '../../lib/auth/token-verifier.js';
import { django } from '../../lib/index.js';
import { programInput, serveCalls } from '../programs/serve-calls.js';

// Judges tokens as both doors do.

export interface TokensInput {
  /** PEM of the tokens' RSA key. */
  readonly publicKey: string;
}

export type TokenCalls = {
  /** Microseconds a token, by a verifier that has seen none of them, and by the same one again. */
  judge: (tokens: string[]) => Promise<{ firstUs: number; againUs: number }>;
};

const { publicKey } = programInput<TokensInput>();
const timesAgain = 10;

const calls: TokenCalls = {
  async judge(tokens) {
    const issuer = django({ publicKey, actor: ({ user_id: id }) => ({ type: 'dentist', id: Number(id) }) });
    const lookup = { findByLogin: () => Promise.resolve(null) };
    const verifier = createTokenVerifier({ issuers: [issuer], lookup });
    async function judgeAll(): Promise<number> {
      const started = performance.now();
      for (const token of tokens) await verifier.authenticate(token);
      return ((performance.now() - started) * 1_000) / tokens.length;
    }
    const firstUs = await judgeAll();
    let againUs = 0;
    for (let time = 0; time < timesAgain; time += 1) againUs += (await judgeAll()) / timesAgain;
    verifier.close();
    return { firstUs, againUs };
  },
};

serveCalls(calls);
