import type pg from 'pg';
import { prepareValue } from 'pg/lib/utils.js';
import { columnTypes } from './column-types.js';
import type { Statement } from './statement.js';
import { columnsOf, type Columns, type WireConnection } from './wire-connection.js';

/**
 * Runs a prepared statement on a client, and reads its rows with {@link columnTypes}, whatever the client's own settings.
 *
 * A plain query of pg asks the server each time for the description of the columns, and builds what reads them anew: of
 * a small statement that is a third of its cost on both sides. A statement that is prepared on a connection keeps its
 * columns for as long as it lives there (PostgreSQL refuses to run it otherwise), so this asks once.
 */
export function runPrepared<Row>(
  client: pg.ClientBase,
  statement: Statement<Row>,
  values: readonly unknown[],
  timeoutMs: number,
): Promise<Row[]> {
  return new Promise((resolve, reject) => {
    const query = new PreparedQuery(statement, values, timeoutMs, (error, rows) => {
      if (error === null) resolve(rows as Row[]);
      else reject(error);
    });
    client.query(query as unknown as pg.Submittable);
  });
}

/**
 * A query as pg's client drives it: it calls `submit`, and then a `handle...` for each message of the server, as it does
 * for `pg-cursor` and its like.
 */
class PreparedQuery {
  // The client knows its prepared statements by these, and waits no longer than that.
  readonly name: string;
  readonly text: string;
  readonly query_timeout: number;
  callback: (error: Error | null, rows?: Record<string, unknown>[]) => void;
  readonly #values: readonly unknown[];
  readonly #step: { rows?: number };
  readonly #rows: Record<string, unknown>[] = [];
  #known: Map<string, Columns> | undefined;
  #columns: Columns | undefined;
  #failure: Error | undefined;
  /** A statement in steps is under way until it is said that it is over. */
  #isInSteps = false;

  constructor(
    { name, text, rowsAtOnce }: Statement<unknown>,
    values: readonly unknown[],
    timeoutMs: number,
    callback: PreparedQuery['callback'],
  ) {
    this.name = name;
    this.text = text;
    this.query_timeout = timeoutMs;
    this.callback = callback;
    this.#values = values;
    this.#step = rowsAtOnce === undefined ? {} : { rows: rowsAtOnce };
  }

  submit(connection: WireConnection): null {
    const { name, text } = this;
    this.#known = columnsOf(connection);
    this.#columns = this.#known.get(name);
    // One write for all.
    connection.stream.cork();
    try {
      const { parsedStatements, submittedNamedStatements: submitted } = connection;
      if (parsedStatements[name] === undefined && submitted?.[name] === undefined) {
        connection.parse({ name, text });
        if (submitted !== undefined) submitted[name] = text;
      }
      connection.bind({ statement: name, values: this.#values, valueMapper: toWireValue });
      if (this.#columns === undefined) connection.describe({ type: 'P', name: '' });
      connection.execute(this.#step);
      this.#isInSteps = this.#step.rows !== undefined;
    } catch (error) {
      this.#failure = asError(error); // a value that is none
    } finally {
      if (this.#isInSteps) connection.flush();
      else connection.sync();
      connection.stream.uncork();
    }
    return null;
  }

  handlePortalSuspended(connection: WireConnection): void {
    if (this.#failure !== undefined) return this.#end(connection);
    connection.stream.cork();
    connection.execute(this.#step);
    connection.flush();
    connection.stream.uncork();
  }

  #end(connection: WireConnection): void {
    if (this.#isInSteps) connection.sync();
    this.#isInSteps = false;
  }

  handleRowDescription({ fields }: { fields: readonly { name: string; dataTypeID: number }[] }): void {
    this.#columns = {
      names: fields.map(({ name }) => name),
      parsers: fields.map(({ dataTypeID }) => parserOf(dataTypeID)),
    };
    this.#known?.set(this.name, this.#columns);
  }

  handleDataRow({ fields }: { fields: readonly (string | null)[] }): void {
    if (this.#columns === undefined || this.#failure !== undefined) return;
    try {
      this.#rows.push(readRow(this.#columns, fields));
    } catch (error) {
      this.#failure = asError(error);
    }
  }

  handleReadyForQuery(): void {
    if (this.#failure === undefined) this.callback(null, this.#rows);
    else this.callback(this.#failure);
  }

  handleError(error: Error, connection: WireConnection): void {
    this.#end(connection);
    this.callback(error);
  }

  handleCommandComplete(_message: unknown, connection: WireConnection): void {
    this.#end(connection);
  }

  handleEmptyQuery(connection: WireConnection): void {
    this.#end(connection);
  }

  handleCopyData(): void {}

  handleCopyInResponse(connection: WireConnection): void {
    connection.sendCopyFail('a statement of this kind brings no data');
  }
}

/** As pg does it, but for lists of ids, which are long: it would quote each. */
function toWireValue(value: unknown): unknown {
  if (Array.isArray(value) && value.every(Number.isSafeInteger)) return `{${value.join()}}`;
  return prepareValue(value);
}

function asError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(String(thrown));
}

function parserOf(typeId: number): (text: string) => unknown {
  return columnTypes.getTypeParser(typeId, 'text') as (text: string) => unknown;
}

function readRow({ names, parsers }: Columns, fields: readonly (string | null)[]): Record<string, unknown> {
  const row: Record<string, unknown> = {};
  // By index: an iterator would make a pair for each value that is read.
  for (let i = 0; i < names.length; i += 1) {
    const text = fields[i] ?? null;
    row[names[i] as string] = text === null ? null : parsers[i]?.(text);
  }
  return row;
}
