import type { Logger } from '../logger.js';
import type { ChatSocket } from './socket-types.js';

type Connection = ChatSocket['conn'];

/** What waits for a client, since it was last handed to its transport. */
interface Packet {
  readonly data?: string | ArrayBuffer | ArrayBufferView;
}

/** The WebSocket, where there is one: `ws` names these, Engine.IO's types do not. */
interface Transport {
  readonly socket?: { terminate?(): void };
}

/**
 * Ends connections that read more slowly than they are spoken to. What is said to a client waits while its transport is
 * still writing what was said before; that wait has an end here, or one phone in a tunnel would take the server's memory.
 * Its client reconnects, and catches up with `after=`.
 */
export function createSlowReaderCut(maxBytes: number, logger: Logger): (connection: Connection) => void {
  return (connection) => {
    let waiting = 0;
    let isDoubted = false;
    connection.on('flush', () => (waiting = 0));
    connection.on('packetCreate', ({ data }: Packet) => {
      waiting += data === undefined ? 0 : typeof data === 'string' ? data.length : data.byteLength;
      if (waiting <= maxBytes || isDoubted) return;
      isDoubted = true;
      // What is said in one go is handed over together, however much it is.
      setImmediate(() => {
        isDoubted = false;
        if (waiting <= maxBytes) return;
        logger.debug({ maxBytes }, 'a client that reads too slowly was cut off');
        cut(connection);
      });
    });
  };
}

function cut(connection: Connection): void {
  const { socket } = connection.transport as Connection['transport'] & Transport;
  connection.close(true);
  // A close frame would wait behind all that is unread.
  socket?.terminate?.();
}
