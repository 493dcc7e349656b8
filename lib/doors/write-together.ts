import type { ChatSocket } from './socket-types.js';

/** A client's connection, whatever carries it at the moment. */
type Connection = ChatSocket['conn'];

/** The transport, and the TCP socket below a WebSocket: `ws` names it in no documentation, so it may not be there. */
type Transport = Connection['transport'] & {
  readonly socket?: { readonly _socket?: { cork(): void; uncork(): void } };
};

/**
 * Sends what is said to a client in one go in one write: an ack and the `message:new` that comes with it, the messages
 * that one statement wrote. Engine.IO writes each packet by itself, and a write costs more than all that is done here
 * for a message.
 *
 * A transport that cannot write just now keeps its packets and sends them once it emits `ready`. This makes it say
 * that it cannot, from the first packet until what runs now, its promises included, is done. Order is kept.
 */
export function writeTogether(connection: Connection): void {
  connection.on('packetCreate', hold);
}

function hold(this: Connection): void {
  const { transport } = this;
  // A transport that is writing gathers by itself; long polling answers with all there is.
  if (!transport.writable || transport.name !== 'websocket') return;
  transport.writable = false;
  process.nextTick(release, transport);
}

function release(transport: Transport): void {
  const tcp = transport.socket?._socket;
  tcp?.cork();
  transport.writable = true;
  transport.emit('ready');
  tcp?.uncork();
}
