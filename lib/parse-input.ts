import { z } from 'zod';
import { chatError, errorCatalogue, type ChatErrorCode } from './errors.js';

/**
 * Parses what came in at a door.
 * @throws ChatError `invalid_request` with one line for each fault, or the code that a schema names with {@link failWith}.
 */
export function parseInput<S extends z.ZodType>(schema: S, value: unknown): z.output<S> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  for (const issue of parsed.error.issues) {
    const code = codeOf(issue);
    if (code === undefined) continue;
    throw chatError(code, issue.path.length === 0 ? {} : { details: { field: issue.path.join('.') } });
  }
  // Only the schema's own words and field names: a value may be a patient's.
  const issues = parsed.error.issues
    .slice(0, 10)
    .map(({ path, message }) => ({ field: path.join('.'), problem: message }));
  throw chatError('invalid_request', { details: { issues } });
}

/** Makes a refinement fail with a code of its own: `.refine(notBlank, failWith('message_empty'))`. */
export function failWith(code: ChatErrorCode): { message: string; params: { chatCode: ChatErrorCode } } {
  return { message: errorCatalogue[code].message, params: { chatCode: code } };
}

function codeOf(issue: z.core.$ZodIssue): ChatErrorCode | undefined {
  if (issue.code !== 'custom') return undefined;
  const code: unknown = issue.params?.['chatCode'];
  return typeof code === 'string' && code in errorCatalogue ? (code as ChatErrorCode) : undefined;
}

const idProblem = 'must be a positive whole number of at most 2^53-1';

/** An id as a JSON number. */
export const id = z.number(idProblem).int(idProblem).min(1, idProblem).max(Number.MAX_SAFE_INTEGER, idProblem);

/** What the contracts say of a number that comes as text: in a path or a query it looks the same. */
const wholeNumber = { type: 'integer', pattern: undefined };

/** An id as text of a path or a query: digits alone, no sign, no leading zero. */
export const idText = z
  .string(idProblem)
  .regex(/^[1-9]\d{0,15}$/, idProblem)
  .transform(Number)
  .refine(Number.isSafeInteger, idProblem)
  .meta({ ...wholeNumber, minimum: 1, maximum: Number.MAX_SAFE_INTEGER });

/** Text that PostgreSQL and every JSON reader give back byte for byte: no NUL, no lone surrogate. */
export function isStorableText(text: string): boolean {
  return !text.includes('\0') && text.isWellFormed();
}

/** A whole number in a query, as text. */
export function integerText(min: number, max: number): z.ZodType<number> {
  const problem = `must be a whole number from ${min} to ${max}`;
  return z
    .string(problem)
    .regex(/^\d{1,9}$/, problem)
    .transform(Number)
    .refine((value) => value >= min && value <= max, problem)
    .meta({ ...wholeNumber, minimum: min, maximum: max });
}
