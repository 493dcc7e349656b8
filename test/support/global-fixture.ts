import { stopTestServer } from './postgres.js';
import { removeRunFolder, sweepDeadRuns } from './run-folder.js';

export async function mochaGlobalSetup(): Promise<void> {
  await sweepDeadRuns();
}

export async function mochaGlobalTeardown(): Promise<void> {
  await stopTestServer();
  await removeRunFolder();
}
