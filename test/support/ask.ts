import type { Socket } from 'socket.io-client';
import { throwFaults } from './contracts.js';

/** Emits with an ack and gives what came back. */
export async function ask<Ack = unknown>(socket: Socket, event: string, ...data: readonly unknown[]): Promise<Ack> {
  const ack = (await socket.timeout(5000).emitWithAck(event, ...data)) as Ack;
  throwFaults();
  return ack;
}
