import type pg from 'pg';
import type { Database } from '../database/database.js';
import { breaksConnection } from '../database/database-errors.js';
import type { Statement } from '../database/statement.js';
import { quoteIdentifier } from '../database/identifiers.js';
import type { Logger } from '../logger.js';

/** The one connection on which a process hears the others, and speaks to them. It mends itself. */
export interface ListenConnection {
  /** Rejects where the database cannot be reached. */
  start(): Promise<void>;
  readonly isOpen: boolean;
  /** Rejects while there is no connection, and when the database does not answer within 5 s. */
  query<Row>(statement: Statement<Row>, values: readonly unknown[]): Promise<Row[]>;
  close(): Promise<void>;
}

export interface ConnectionListener {
  /** Told of what this process itself has said, too. */
  notified(payload: string): void;
  /** The connection was lost, and may have been silent for a while. */
  lost(): void;
  /** Listening; `again` after a loss. */
  listening(again: boolean): void;
}

/** How often the connection is tried, and how long an answer may take: a half-open one is known after 10 s at most. */
const pingEveryMs = 5_000;
const answerTimeoutMs = 5_000;
/** Waits between attempts to connect grow from the first to the second, with up to a quarter at random. */
const firstRetryMs = 100;
const maxRetryMs = 1_000;

export function createListenConnection(
  database: Database,
  channel: string,
  logger: Logger,
  listener: ConnectionListener,
): ListenConnection {
  let client: pg.Client | undefined;
  let retry: NodeJS.Timeout | undefined;
  let ping: NodeJS.Timeout | undefined;
  let attempts = 0;
  let closed = false;

  async function open(again: boolean): Promise<void> {
    const opened = await database.connect();
    const lost = (err?: unknown): void => lose(opened, err);
    opened.on('error', lost);
    opened.on('end', lost);
    opened.on('notification', ({ payload }) => {
      if (payload !== undefined) listener.notified(payload);
    });
    try {
      await ask(opened, `LISTEN ${quoteIdentifier(channel)}`);
    } catch (error) {
      discard(opened);
      throw error;
    }
    if (closed) return discard(opened);
    client = opened;
    attempts = 0;
    if (again) logger.info({}, 'hears the other processes again');
    listener.listening(again);
  }

  function lose(lost: pg.Client, err: unknown): void {
    if (lost !== client) return;
    client = undefined;
    discard(lost);
    if (closed) return;
    logger.warn({ err }, 'the connection to the other processes was lost');
    listener.lost();
    reopenLater();
  }

  function reopenLater(): void {
    const waitMs = Math.min(maxRetryMs, firstRetryMs * 2 ** attempts) * (1 + Math.random() / 4);
    attempts += 1;
    retry = setTimeout(() => {
      open(true).catch((err: unknown) => {
        logger.debug({ err }, 'the connection to the other processes could not be opened');
        if (!closed) reopenLater();
      });
    }, waitMs);
    retry.unref();
  }

  function checkThatItAnswers(): void {
    const asked = client;
    if (asked !== undefined) ask(asked, 'SELECT 1').catch((err: unknown) => lose(asked, err));
  }

  return {
    get isOpen() {
      return client !== undefined;
    },

    async start() {
      await open(false);
      ping = setInterval(checkThatItAnswers, pingEveryMs);
      ping.unref();
    },

    async query<Row>({ name, text }: Statement<Row>, values: readonly unknown[]) {
      const asked = client;
      if (asked === undefined) throw new Error('there is no connection to the other processes');
      try {
        const { rows } = await ask(asked, text, { name, values });
        return rows as Row[];
      } catch (error) {
        if (breaksConnection(error)) lose(asked, error);
        throw error;
      }
    },

    async close() {
      closed = true;
      clearInterval(ping);
      clearTimeout(retry);
      if (client !== undefined) discard(client);
      client = undefined;
    },
  };
}

function ask(
  client: pg.Client,
  text: string,
  prepared: { name?: string; values?: readonly unknown[] } = {},
): Promise<pg.QueryResult> {
  // query_timeout is pg's, a query's own; its types leave it out.
  const query = { text, ...prepared, values: [...(prepared.values ?? [])], query_timeout: answerTimeoutMs };
  return client.query(query);
}

/** Ends the link without a goodbye that a hanging server would not answer. */
function discard(client: pg.Client): void {
  const { connection } = client as pg.Client & { connection?: { stream?: { destroy(): void } } };
  connection?.stream?.destroy();
}
