import type { RunningHost } from './host.js';

/** Longer than the chat waits for what is in flight (10 s by default). */
const patienceMs = 20_000;

/** Ends the process in good order on SIGTERM and SIGINT; a second signal ends it at once. */
export function stopOnSignals(host: RunningHost): void {
  let isStopping = false;

  const stop = (): void => {
    if (isStopping) process.exit(1);
    isStopping = true;
    setTimeout(() => process.exit(1), patienceMs).unref();
    host.close().then(
      () => process.exit(0),
      (error: unknown) => {
        process.stderr.write(
          `could not stop in good order: ${error instanceof Error ? error.message : String(error)}\n`,
        );
        process.exit(1);
      },
    );
  };

  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
}
