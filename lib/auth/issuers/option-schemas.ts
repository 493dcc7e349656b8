import { z } from 'zod';
import { algorithms, type ActorFromClaims, type AsymmetricAlgorithm } from '../issuer.js';

/** What every issuer takes. */
export interface CommonIssuerOptions {
  /** The issuer's name in logs and faults, unique in a module. Default: the factory's, `cognito` for instance. */
  name?: string;
  /** Accepted difference between the clocks of issuer and host, in seconds. Default 0; 0 to 300. */
  clockToleranceSeconds?: number;
}

export const commonOptions = {
  name: z.string('must be a string').min(1, 'must not be empty').max(100, 'must be at most 100 characters').optional(),
  clockToleranceSeconds: z
    .number('must be a number of seconds from 0 to 300')
    .min(0, 'must be at least 0')
    .max(300, 'must be at most 300')
    .default(0),
};

export const text = z.string('must be a string').min(1, 'must not be empty');

/** A text of a pattern; whatever compares it with other options is not run when it is wrong. */
export const textLike = (pattern: RegExp, error: string) =>
  z.string('must be a string').regex(pattern, { error, abort: true });

/** One text or several, as a list. */
export const texts = z
  .union(
    [text.transform((one) => [one]), z.array(text).min(1, 'must not be empty')],
    'must be a string or a list of strings',
  )
  .readonly();

export const httpUrl = z
  .string('must be a url')
  .refine((url) => URL.canParse(url) && /^https?:$/.test(new URL(url).protocol), 'must be an http or https url');

export const actor = z.custom<ActorFromClaims>(
  (value) => typeof value === 'function',
  'must be a function of claims and lookup, such as actorByLogin(...)',
);

const asymmetric = algorithms.filter((algorithm): algorithm is AsymmetricAlgorithm => !algorithm.startsWith('HS'));

/** Algorithms of public keys: a secret cannot come from a JWKS. */
export const asymmetricAlgorithms = z
  .array(z.enum(asymmetric, `must be one of ${asymmetric.join(', ')}`), 'must be a list of algorithms')
  .min(1, 'must not be empty')
  .readonly();
