/**
 * pg's connection, as far as a prepared statement needs it: the messages of PostgreSQL's extended query protocol, and
 * what is prepared already. `pg-cursor` and its like rest on the same; its types leave most of it out.
 */
export interface WireConnection {
  readonly stream: { cork(): void; uncork(): void };
  /** By name, the texts of what the server has parsed. */
  readonly parsedStatements: Readonly<Record<string, string>>;
  /** And of what it was asked to: not before pg 8.23, and a host's pool may be made of an older one. */
  readonly submittedNamedStatements?: Record<string, string>;
  parse(statement: { name: string; text: string }): void;
  bind(portal: { statement: string; values: readonly unknown[]; valueMapper: (value: unknown) => unknown }): void;
  describe(what: { type: 'P'; name: string }): void;
  /** `rows`: how many, at most; by default all. */
  execute(portal: { rows?: number }): void;
  flush(): void;
  sync(): void;
  sendCopyFail(reason: string): void;
}

/** How rows of a statement are read, column by column. */
export interface Columns {
  readonly names: readonly string[];
  readonly parsers: readonly ((text: string) => unknown)[];
}

const known = new WeakMap<WireConnection, Map<string, Columns>>();

/** The columns of the statements that are prepared on a connection, as far as they are known, by the statements' names. */
export function columnsOf(connection: WireConnection): Map<string, Columns> {
  let columns = known.get(connection);
  if (columns === undefined) {
    columns = new Map();
    known.set(connection, columns);
  }
  return columns;
}
