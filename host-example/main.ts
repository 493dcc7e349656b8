import { stopOnSignals } from './shutdown.js';
import { readSettings } from './settings.js';
import type { RunningHost } from './host.js';

/**
 * A small platform that mounts the chat. With nothing configured it is the demo; configured by its environment it is
 * the service, and of the demo not even the code is loaded then.
 */
async function start(): Promise<RunningHost> {
  const settings = readSettings(process.env);
  if (settings.mode === 'demo') return (await import('./demo/demo.js')).startDemo(settings);
  return (await import('./service/service.js')).startService(settings);
}

try {
  stopOnSignals(await start());
} catch (error) {
  for (const line of explain(error)) process.stderr.write(`${line}\n`);
  process.exit(1);
}

/** In as few words as it has: whoever reads this is starting a service, not debugging it. */
function explain(error: unknown): readonly string[] {
  if (!(error instanceof Error)) return [String(error)];
  // The settings' own faults, and those that the module has found in what they say.
  if ('faults' in error && Array.isArray(error.faults) && error.faults.length > 0) return error.faults.map(String);
  return [error.message];
}
