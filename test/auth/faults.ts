import { ChatSetupError } from '../../lib/errors.js';

/** The faults that a factory names; fails the test when it finds none. */
export function faultsOf(make: () => unknown): readonly string[] {
  try {
    make();
  } catch (error) {
    if (error instanceof ChatSetupError) return error.faults;
    throw error;
  }
  throw new Error('No fault was found');
}
