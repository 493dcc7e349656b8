import type { Logger } from '../logger.js';
import { cutConnection } from './cut-connection.js';
import type { ChatSocket } from './socket-types.js';

/** Where a connection keeps how much waits for its client: every idle socket pays for what is kept beside it. */
const waiting = Symbol('waiting bytes');

type Connection = ChatSocket['conn'] & { [waiting]?: number };

/** What waits for a client, since it was last handed to its transport. */
interface Packet {
  readonly data?: string | ArrayBuffer | ArrayBufferView;
}

/**
 * Ends connections that read more slowly than they are spoken to. What is said to a client waits while its transport is
 * still writing what was said before; that wait has an end here, or one phone in a tunnel would take the server's memory.
 * Its client reconnects, and catches up with `after=`.
 */
export function createSlowReaderCut(maxBytes: number, logger: Logger): (connection: Connection) => void {
  const doubted = new WeakSet<Connection>();

  function count(this: Connection, { data }: Packet): void {
    const bytes = data === undefined ? 0 : typeof data === 'string' ? data.length : data.byteLength;
    const sum = (this[waiting] ?? 0) + bytes;
    this[waiting] = sum;
    if (sum <= maxBytes || doubted.has(this)) return;
    doubted.add(this);
    // What is said in one go is handed over together, however much it is.
    setImmediate(judge, this);
  }

  function judge(connection: Connection): void {
    doubted.delete(connection);
    if ((connection[waiting] ?? 0) <= maxBytes) return;
    logger.debug({ maxBytes }, 'a client that reads too slowly was cut off');
    cutConnection(connection);
  }

  return (connection) => {
    connection.on('flush', startAnew);
    connection.on('packetCreate', count);
  };
}

function startAnew(this: Connection): void {
  this[waiting] = 0;
}
