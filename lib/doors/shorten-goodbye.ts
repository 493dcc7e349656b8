import type { TransportOfWs } from './cut-connection.js';
import type { ChatSocket } from './socket-types.js';

type Connection = ChatSocket['conn'];

/** A client hears at once that it is sent away; one that does not in this time has gone. */
const goodbyeTimeoutMs = 1_000;
/** What `ws` calls a WebSocket that is. */
const closed = 3;

/**
 * Bounds how long a client that is sent away may take to answer. Engine.IO gives a polling one 30 s to fetch the word,
 * and `ws` gives one that is half open 30 s, on timers that go on after `close()` and hold the host's process as long.
 */
export function shortenGoodbye(connection: Connection): void {
  const { transport } = connection;
  // Engine.IO has no option for it, and its types call it private.
  if (transport.name === 'polling') Object.assign(transport, { closeTimeout: goodbyeTimeoutMs });
  connection.once('close', endSoon);
}

/** By then the connection is closed for Engine.IO, and its WebSocket waits for the client to say so too. */
function endSoon(this: Connection): void {
  const { socket } = this.transport as TransportOfWs;
  if (socket?.terminate === undefined || socket.readyState === closed) return;
  setTimeout(() => socket.terminate?.(), goodbyeTimeoutMs).unref();
}
