/** Hands out a token that is still good, asking for a new one no more often than needed. */
export interface TokenSource {
  current(): Promise<string>;
  /** A new token, whatever is left of the current one. */
  renew(): Promise<string>;
}

/** Asked for again before the token runs out, so that it does not run out on its way. */
const marginMs = 30_000;

/** `getToken` is the page's: it answers with a valid token of the person who is signed in. */
export function createTokenSource(getToken: () => Promise<string>, now: () => number = Date.now): TokenSource {
  let held: { token: Promise<string>; goodUntil: number } | undefined;

  function renew(): Promise<string> {
    const token = getToken();
    const asked = { token, goodUntil: Infinity };
    held = asked;
    token.then(
      (value) => (asked.goodUntil = expiryOf(value) - marginMs),
      () => {
        if (held === asked) held = undefined;
      },
    );
    return token;
  }

  return {
    current: () => (held !== undefined && now() < held.goodUntil ? held.token : renew()),
    renew,
  };
}

/** Milliseconds since 1970 from the token's `exp`; 0 for a token that does not tell, which is then asked for each time. */
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
