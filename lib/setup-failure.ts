import { ChatError, ChatSetupError } from './errors.js';

/** What an operator is told when a start or a migration failed: the deepest reason, for a database under its option. */
export function toSetupError(summary: string, error: unknown): ChatSetupError {
  if (error instanceof ChatSetupError) return error;
  const isDatabase = error instanceof ChatError && error.code === 'database_unavailable';
  const reason = reasonOf(error) + mendOf(reasonOf(error));
  return new ChatSetupError(summary, [isDatabase ? `database: ${reason}` : reason], error);
}

/** PgBouncer's words for a setting of a session, and PostgreSQL's where sessions change between transactions. */
const poolerFaults: readonly (readonly [RegExp, string])[] = [
  [/^unsupported startup parameter: (\w+)$/, 'set ignore_startup_parameters = $1'],
  [/^prepared statement ".*" (?:already exists|does not exist)$/, 'use session pooling'],
];

function mendOf(reason: string): string {
  const [fault, mend] = poolerFaults.find(([pattern]) => pattern.test(reason)) ?? [];
  if (fault === undefined || mend === undefined) return '';
  return ` (a pooler stands before the database: ${reason.replace(fault, mend)})`;
}

/** The message of the error at the bottom: those above it repeat it, or say less. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const below = error instanceof AggregateError ? (error.errors as unknown[])[0] : (error.cause ?? parentOf(error));
  if (below instanceof Error && below !== error) return reasonOf(below);
  return error.message === '' ? error.name : error.message;
}

/** Sequelize keeps the driver's error here. */
function parentOf(error: Error): unknown {
  return (error as { parent?: unknown }).parent;
}
