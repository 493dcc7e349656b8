import type { ChatSocket } from './socket-types.js';

type Connection = ChatSocket['conn'];

/** The WebSocket, where there is one: `ws` names these, Engine.IO's types do not. */
export type TransportOfWs = Connection['transport'] & {
  readonly socket?: { readonly readyState?: number; terminate?(): void };
};

/** Ends a connection at once. Its client reconnects by itself, with its own back-off. */
export function cutConnection(connection: Connection): void {
  const { socket } = connection.transport as TransportOfWs;
  connection.close(true);
  // A close frame would wait behind all that is unread.
  socket?.terminate?.();
}
