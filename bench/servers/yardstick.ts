import { createServer, type Server as HttpServer } from 'node:http';
import { Server, type Socket } from 'socket.io';

/** Who a client says it is. The yardsticks believe it: they check no token, which the module does. */
export interface Claimed {
  readonly type: 'customer' | 'dentist';
  readonly id: number;
  readonly chats: readonly number[];
}

export interface Sent {
  readonly sessionId: number;
  readonly content: string;
}

export interface NewMessage {
  readonly id: number;
  readonly sessionId: number;
  readonly senderType: string;
  readonly senderId: number;
  readonly content: string;
  readonly imageUrls: readonly string[];
  readonly createdAt: string;
}

/**
 * What the socket yardsticks share: a server on which each socket joins a room for each of its chats, and a message
 * is written, told to the room and acked. `write` returns undefined for what it refuses.
 */
export function chatServer(write: (from: Claimed, sent: Sent) => Promise<NewMessage | undefined>): HttpServer {
  const server = createServer();
  const io = new Server(server, { serveClient: false });
  io.on('connection', (socket: Socket) => {
    const from = socket.handshake.auth as Claimed;
    void socket.join(from.chats.map((id) => `chat:${id}`));
    socket.emit('connected', { userId: from.id, userType: from.type, sessions: from.chats, online: [] });
    socket.on('message:send', async (sent: Sent, ack: (answer: object) => void) => {
      try {
        const message = await write(from, sent);
        if (message === undefined) return ack({ ok: false, error: { code: 'not_participant' } });
        io.to(`chat:${sent.sessionId}`).emit('message:new', message);
        ack({ ok: true, message });
      } catch {
        ack({ ok: false, error: { code: 'internal_error' } });
      }
    });
  });
  return server;
}
