import { createServer } from 'node:http';
import { Server, type Socket } from 'socket.io';
import { serve } from './serve.js';

// Socket.IO and nothing else: a socket joins the room that it joins in the module, and is told as many chats.

/** What a client says of itself. */
export interface BareAuth {
  readonly type: string;
  readonly id: number;
  readonly sessionCount: number;
}

const server = createServer();
const io = new Server(server, { serveClient: false });
io.on('connection', (socket: Socket) => {
  const { type, id, sessionCount } = socket.handshake.auth as BareAuth;
  void socket.join(`${type}:${id}`);
  const sessions = Array.from({ length: sessionCount }, (_, index) => index + 1);
  socket.emit('connected', { userId: id, userType: type, sessions, online: [] });
});
await serve(server);
