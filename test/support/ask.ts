import type { Socket } from 'socket.io-client';

/** Emits with an ack and gives what came back. */
export async function ask<Ack = unknown>(socket: Socket, event: string, ...data: readonly unknown[]): Promise<Ack> {
  return (await socket.timeout(5000).emitWithAck(event, ...data)) as Ack;
}
