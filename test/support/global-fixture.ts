import { throwFaults } from './contracts.js';
import { stopTestServer } from './postgres.js';
import { removeRunFolder, sweepDeadRuns } from './run-folder.js';

export async function mochaGlobalSetup(): Promise<void> {
  process.on('unhandledRejection', failTest);
  // By an exit: that takes the PostgreSQL server along, and the signal alone would leave it behind.
  process.once('SIGTERM', () => process.exit(143));
  await sweepDeadRuns();
}

export async function mochaGlobalTeardown(): Promise<void> {
  await stopTestServer();
  await removeRunFolder();
  endHeldRun(10_000);
}

/** What nobody waited for is held against the contracts too. */
export const mochaHooks = { afterEach: throwFaults };

/** Of itself, Mocha lets pass what would end a host's process. */
function failTest(reason: unknown): never {
  throw new Error('a promise was rejected, and nobody heard it', { cause: reason });
}

/** What a test left open would keep the run from ending. It is not hidden by an exit: it fails the run, and is named. */
function endHeldRun(afterMs: number): void {
  const end = (): never => {
    console.error(`The run does not end, for a test left open: ${process.getActiveResourcesInfo().join(', ')}`);
    // Not by exit(1): as it exits, Mocha sets the code that its tests alone deserve.
    process.once('exit', () => (process.exitCode = 1));
    process.exit();
  };
  setTimeout(end, afterMs).unref();
}
