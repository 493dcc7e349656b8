import type { Server, Socket } from 'socket.io';
import type { PersonRef } from '../auth/actor.js';
import type { Authentication } from '../auth/token-verifier.js';
import type { ChatMembers } from '../chats/chat.js';
import type { ClientToServerEvents, ServerToClientEvents } from '../wire.js';

/** What a socket carries, of the token that it came with or got since; replaced whole. */
export type SocketData = Authentication;

type NoEvents = Record<never, never>;
export type ChatServer = Server<ClientToServerEvents, ServerToClientEvents, NoEvents, SocketData>;
export type ChatSocket = Socket<ClientToServerEvents, ServerToClientEvents, NoEvents, SocketData>;

/** Every socket of a person. */
export function roomOf({ type, id }: PersonRef): string {
  return `${type}:${id}`;
}

/** A chat's room is the rooms of its two members: who is in a chat never changes. */
export function roomsOf({ customerId, dentistId }: ChatMembers): string[] {
  return [roomOf({ type: 'customer', id: customerId }), roomOf({ type: 'dentist', id: dentistId })];
}

/** Those of a chat whose dentist another has followed: the customer's alone. */
export function roomsOfParted({ customerId }: ChatMembers): string[] {
  return [roomOf({ type: 'customer', id: customerId })];
}
