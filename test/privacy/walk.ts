import type { Socket } from 'socket.io-client';
import { ask } from '../support/ask.js';
import type { Caller, ChatHost } from '../support/chat-host.js';
import { eventCalls, routeCalls, type Subject } from './calls.js';
import { wholeText } from './whole-text.js';

/** What a client was told when it was refused, the health check's words among it, and how often it was not. */
export interface Told {
  readonly refusals: string[];
  done: number;
}

/** Calls every route as somebody, good calls and bad ones, all at once. */
export async function callRoutes(host: ChatHost, caller: Caller, subject: Subject, told: Told): Promise<void> {
  const client = host.as(caller);
  const calls = Object.entries(routeCalls).flatMap(([route, of]) => (subject.routes.has(route) ? of : []));
  for (const { status, headers, body } of await Promise.all(calls.map((call) => call(client, subject)))) {
    if (status >= 400) told.refusals.push(wholeText({ status, headers: [...headers], body }));
    else told.done += 1;
  }
  told.refusals.push(wholeText((await client.get('/health')).body));
}

/** The same of every event, with an ack and without. */
export async function emitEvents(socket: Socket, subject: Subject, told: Told): Promise<void> {
  const hear = (answer: unknown): void => void told.refusals.push(wholeText(answer));
  socket.on('chat:error', hear);
  for (const [event, inputs] of Object.entries(eventCalls)) {
    for (const input of inputs) socket.emit(event, input(subject));
    const acks = await Promise.all(inputs.map((input) => ask<{ ok: boolean }>(socket, event, input(subject))));
    for (const ack of acks) {
      if (ack.ok) told.done += 1;
      else hear(ack);
    }
  }
  socket.off('chat:error', hear);
}

/** Connects with what does not open the door. */
export async function beTurnedAway(host: ChatHost, token: string, told: Told): Promise<void> {
  for (const options of [{}, { query: { token } }]) {
    const refusal: unknown = await host.connect({ token }, options).then(
      () => Promise.reject(new Error('it was let in')),
      (error: unknown) => error,
    );
    const { message, data } = refusal as Error & { data?: unknown };
    told.refusals.push(wholeText({ message, data }));
  }
}
