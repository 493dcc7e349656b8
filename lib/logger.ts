/** Fields of a log line. Never a message's text, a token, a file name or a signed URL. */
export type LogFields = Readonly<Record<string, unknown>>;

/** What the module logs to: pino, winston and `console` fit. Handed in by the host, never closed. */
export interface Logger {
  debug(fields: LogFields, message: string): void;
  info(fields: LogFields, message: string): void;
  warn(fields: LogFields, message: string): void;
  error(fields: LogFields, message: string): void;
}

const write =
  (level: 'warn' | 'error') =>
  (fields: LogFields, message: string): void =>
    console[level](`[koa-chat] ${message}`, fields);

/** The default: warnings and errors to the console, nothing else. */
export const consoleLogger: Logger = {
  debug: () => undefined,
  info: () => undefined,
  warn: write('warn'),
  error: write('error'),
};

/**
 * A logger that cannot hurt: what the host's own throws, or rejects with, fails no request and ends no process. There is
 * nowhere left to say it.
 */
export function withoutFailures(logger: Logger): Logger {
  const quietly =
    (level: keyof Logger) =>
    (fields: LogFields, message: string): void => {
      try {
        const written: unknown = logger[level](fields, message);
        if (written instanceof Object && 'then' in written) Promise.resolve(written).catch(() => undefined);
      } catch {
        return;
      }
    };
  return { debug: quietly('debug'), info: quietly('info'), warn: quietly('warn'), error: quietly('error') };
}
