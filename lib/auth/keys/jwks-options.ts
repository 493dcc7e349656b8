import { z } from 'zod';

/** How the keys of a JWKS endpoint are kept. The defaults suit every issuer known to us. */
export interface JwksOptions {
  /**
   * How old the keys may become before they are fetched anew, in seconds: also how long a withdrawn key is still
   * accepted. Default 600; 1 to 86,400.
   */
  refreshSeconds?: number;
  /**
   * How long the last known keys are used while the endpoint cannot be reached, in seconds since it last answered.
   * After that its tokens are answered with 503. Default 86,400 (a day); 1 to 604,800.
   */
  outageSeconds?: number;
  /**
   * Fetches that tokens of unknown keys may cause, a minute and at once. Default 10; 1 to 600. Each brings the whole
   * set, so a new key is found at once, or in a flood of made-up ones after a few seconds.
   */
  requestsPerMinute?: number;
  /**
   * How long a fetch may take, in milliseconds. There is one at a time: while it hangs, nobody finds out that the endpoint
   * is back. Default 3,000; 100 to 60,000.
   */
  timeoutMs?: number;
}

const within = (min: number, max: number) => {
  const message = `must be a number from ${min.toLocaleString('en')} to ${max.toLocaleString('en')}`;
  return z.number(message).min(min, message).max(max, message);
};

export const jwksOptions = z
  .strictObject(
    {
      refreshSeconds: within(1, 86_400).default(600),
      outageSeconds: within(1, 604_800).default(86_400),
      requestsPerMinute: within(1, 600).default(10),
      timeoutMs: within(100, 60_000).default(3_000),
    },
    'must be an object',
  )
  .prefault({});

export type JwksSettings = z.output<typeof jwksOptions>;
