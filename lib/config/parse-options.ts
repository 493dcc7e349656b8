import type { z } from 'zod';
import { ChatSetupError } from '../errors.js';

/**
 * Checks the options of a public factory (`cognito({ ... })`) whole, at the call. No value is repeated in a fault: it
 * may be a secret.
 * @throws ChatSetupError with one line for each fault, each named by the factory and the option: `cognito.region: ...`.
 */
export function parseOptions<S extends z.ZodType>(factory: string, schema: S, options: unknown): z.output<S> {
  const parsed = schema.safeParse(options);
  if (parsed.success) return parsed.data;
  throw new ChatSetupError(
    `${factory}() was given options that it cannot use`,
    parsed.error.issues.flatMap((issue) => faults(factory, issue)),
  );
}

function faults(factory: string, issue: z.core.$ZodIssue): string[] {
  const path = issue.path.reduce<string>(
    (left, part) => (typeof part === 'number' ? `${left}[${part}]` : `${left}.${String(part)}`),
    factory,
  );
  if (issue.code === 'unrecognized_keys') return issue.keys.map((key) => `${path}.${key}: no such option`);
  return [`${path}: ${issue.message}`];
}
