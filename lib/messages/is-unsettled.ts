import { isRefusedByServer } from '../database/database-errors.js';
import { ChatError } from '../errors.js';

/** Whether what failed so may have been done all the same. */
export function isUnsettled(error: unknown): boolean {
  if (error instanceof ChatError && error.code !== 'database_unavailable') return false;
  return !isRefusedByServer(error);
}
