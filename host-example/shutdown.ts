import type { RunningHost } from './host.js';

/** Longer than the chat waits for what is in flight (10 s by default). */
const patienceMs = 20_000;

/** Ends the process in good order on SIGTERM and SIGINT; a second signal ends it at once. */
export function stopOnSignals(host: RunningHost): void {
  let stoppingSince: number | undefined;

  const stop = (): void => {
    // On Ctrl-C a signal can come twice at once: from the terminal, and passed on by whoever runs this process.
    if (stoppingSince !== undefined && Date.now() - stoppingSince > 500) process.exit(1);
    if (stoppingSince !== undefined) return;
    stoppingSince = Date.now();
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
