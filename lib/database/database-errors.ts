import { ChatError, chatError } from '../errors.js';

/** SQLSTATEs that say "not now" rather than "never so" (PostgreSQL documentation, appendix A). */
const transientStates = new Set([
  '25P03', // idle_in_transaction_session_timeout
  '25P04', // transaction_timeout
  '25006', // read_only_sql_transaction: a failover left us on a standby
  '40001', // serialization_failure
  '40P01', // deadlock_detected
  '55P03', // lock_not_available
  '57014', // query_canceled: the statement timeout
  '57P01', // admin_shutdown
  '57P02', // crash_shutdown
  '57P03', // cannot_connect_now
  '57P05', // idle_session_timeout
]);
const brokenLinkCodes = new Set([
  'ECONNRESET',
  'ECONNABORTED',
  'ECONNREFUSED',
  'EPIPE',
  'ETIMEDOUT',
  'ENOTFOUND',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENETDOWN',
  'EAI_AGAIN',
]);
const brokenLinkText =
  /^(Connection terminated|Query read timeout|timeout expired|Client has encountered a connection error|Client was closed|Connection ended|Received unexpected|ConnectionManager\.getConnection was called after)/;

function codeOf(error: Error): string {
  const { code } = error as { code?: unknown };
  return typeof code === 'string' ? code : '';
}

/** The five characters of PostgreSQL's error, also of one that Sequelize has wrapped; empty where it is another's. */
export function sqlStateOf(error: unknown): string {
  return error instanceof Error ? codeOf(driverErrorOf(error)) : '';
}

/**
 * Whether the server itself has said no, so that nothing was written. After any other failure that is unknown: a link may
 * have gone, or a row been read wrongly, once the server had committed.
 */
export function isRefusedByServer(error: unknown): boolean {
  if (error instanceof ChatError) return isRefusedByServer(error.cause);
  if (!(error instanceof Error)) return false;
  const driverError = driverErrorOf(error);
  const state = codeOf(driverError);
  // EPIPE has five letters too, and no severity. 08, 57P: the connection's end; 40003: statement_completion_unknown.
  return 'severity' in driverError && /^(?!08|57P|40003)[0-9A-Z]{5}$/.test(state);
}

/** Whether the connection the error came from can be used no more. */
export function breaksConnection(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const code = codeOf(error);
  return (
    brokenLinkCodes.has(code) ||
    code.startsWith('ERR_SSL_') ||
    code.startsWith('08') ||
    code.startsWith('57P0') ||
    code === '25P03' ||
    code === '25P04' ||
    brokenLinkText.test(error.message)
  );
}

/** pg's own clock has run out over a statement that the server may still be at. */
export function isReadTimeout(error: unknown): boolean {
  return error instanceof Error && error.message === 'Query read timeout';
}

/** Whether it is Sequelize's, by its name: the copy that a host has handed in has classes of its own. */
function isOfSequelize(error: Error): boolean {
  return error.name.startsWith('Sequelize');
}

/** Whether a pool had no connection to give, for whatever reason. */
export function isConnectionError(error: unknown): boolean {
  return (
    error instanceof Error &&
    /^Sequelize(?:Connection\w*|HostNotFound|HostNotReachable|InvalidConnection|AccessDenied)Error$/.test(error.name)
  );
}

function isUnavailable(error: Error): boolean {
  if (isConnectionError(error) || error.name === 'SequelizeTimeoutError') return true;
  const code = codeOf(error);
  return breaksConnection(error) || transientStates.has(code) || code.startsWith('53');
}

/**
 * `database_unavailable` for a database that is away, overloaded or too slow; any other error as it is. What a
 * statement did that ended so is unknown: it may have been committed.
 */
export function toDatabaseError(error: unknown): unknown {
  if (error instanceof ChatError || !(error instanceof Error)) return error;
  const root = driverErrorOf(error);
  const unavailable = isUnavailable(root) || isUnavailable(error);
  removeValues(error);
  return unavailable ? chatError('database_unavailable', { cause: error }) : error;
}

/** The driver's own error, where Sequelize has wrapped it: its unique violations are no `DatabaseError`s. */
function driverErrorOf(error: Error): Error {
  const { parent } = error as { parent?: unknown };
  return isOfSequelize(error) && parent instanceof Error ? parent : error;
}

/** What `pg` and Sequelize tell beside an error's message, where it can hold the values of a row. */
const revealingFields = ['detail', 'where', 'internalQuery', 'sql', 'parameters', 'fields', 'value'];

/** Errors are logged whole, and a failing row is a patient's message. Code, constraint, table and column stay. */
export function removeValues(error: Error): void {
  const driverError = driverErrorOf(error);
  if (driverError !== error) removeValues(driverError);
  for (const field of revealingFields) Reflect.deleteProperty(error, field);
  // Each with its value and the whole model. (An `AggregateError` has the reasons of a failed connection there.)
  if (isOfSequelize(error)) Reflect.deleteProperty(error, 'errors');
}

/** Runs work on the database and gives its failures the module's words. */
export async function withDatabaseErrors<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw toDatabaseError(error);
  }
}
