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

/** The lines that an issue of zod's stands for, each beginning with the path of its option below `root` (may be empty). */
export function faults(root: string, issue: z.core.$ZodIssue): string[] {
  const pathTo = (parts: readonly PropertyKey[]): string =>
    parts.reduce<string>((left, part) => {
      if (typeof part === 'number') return `${left}[${part}]`;
      return left === '' ? String(part) : `${left}.${String(part)}`;
    }, root);
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => `${pathTo([...issue.path, key])}: no such option`);
  }
  return [`${pathTo(issue.path) || 'options'}: ${issue.message}`];
}
