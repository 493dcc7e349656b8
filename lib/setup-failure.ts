import { ChatError, ChatSetupError } from './errors.js';

/** What an operator is told when a start or a migration failed: the deepest reason, for a database under its option. */
export function toSetupError(summary: string, error: unknown): ChatSetupError {
  if (error instanceof ChatSetupError) return error;
  const isDatabase = error instanceof ChatError && error.code === 'database_unavailable';
  return new ChatSetupError(summary, [isDatabase ? `database: ${reasonOf(error)}` : reasonOf(error)], error);
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
