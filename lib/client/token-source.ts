import { RequestError } from './request-error.js';
import { within } from './timing.js';

/**
 * Answers with a valid token of the person who is signed in. `refused` is a token that the service takes no longer, so
 * a cache that still has it should ask for a new one.
 */
export type GetToken = (refused?: string) => string | Promise<string>;

/** Hands out a token that is still good, asking for a new one no oftener than needed, and once for all who wait. */
export interface TokenSource {
  current(): Promise<string>;
  /** Another token than this one, which the service refuses, or will in a moment. */
  replace(refused: string): Promise<string>;
}

/** Asked for again so long before the token ends, that it does not end on its way. */
const marginMs = 30_000;

/**
 * @param answerMs How long `getToken` may take; then the next who needs a token asks again.
 * @param admit Whether a new token may be used; one that may not is as good as none.
 */
export function createTokenSource(
  getToken: GetToken,
  answerMs: number,
  admit: (token: string) => Promise<boolean>,
): TokenSource {
  let held: { readonly token: string; readonly askAgainAt: number } | undefined;
  let asked: Promise<string> | undefined;

  function ask(refused?: string): Promise<string> {
    asked ??= askPage(answerMs, () => getToken(refused))
      .then(async (token) => {
        if (!(await admit(token))) throw noToken();
        held = { token, askAgainAt: performance.now() + usableMs(token) };
        return token;
      })
      .finally(() => (asked = undefined));
    return asked;
  }

  return {
    current: async () => (held !== undefined && performance.now() < held.askAgainAt ? held.token : ask()),
    async replace(refused) {
      if (held !== undefined && held.token !== refused) return held.token;
      held = undefined;
      return ask(refused);
    },
  };
}

/**
 * By the token's `exp` and this device's clock. A token that seems to have ended already tells of a clock that is wrong,
 * not of the token: it was handed out just now. It, and one without `exp`, is used until the service refuses it.
 */
function usableMs(token: string): number {
  const leftMs = expiryOf(token) - Date.now() - marginMs;
  return leftMs > 0 ? leftMs : Infinity;
}

/** Milliseconds since 1970; 0 for a token that does not tell. */
function expiryOf(token: string): number {
  try {
    const payload = token.split('.')[1] ?? '';
    const claims: unknown = JSON.parse(atob(payload.replaceAll('-', '+').replaceAll('_', '/')));
    const exp = typeof claims === 'object' && claims !== null && 'exp' in claims ? claims.exp : undefined;
    return typeof exp === 'number' ? exp * 1_000 : 0;
  } catch {
    return 0;
  }
}

/** Whatever is wrong with the page's own sign-in: as good as no connection. */
async function askPage(answerMs: number, getToken: () => string | Promise<string>): Promise<string> {
  // Not every page is written in TypeScript.
  const token: unknown = await within(answerMs, Promise.resolve().then(getToken)).catch(() => undefined);
  if (typeof token === 'string' && token !== '') return token;
  throw noToken();
}

function noToken(): RequestError {
  return new RequestError('no_token', 'getToken gave no good token');
}
