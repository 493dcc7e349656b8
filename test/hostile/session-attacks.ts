import fc from 'fast-check';
import { WebSocket } from 'ws';
import { attack, type Attack } from './attack.js';
import type { Target } from './target.js';

/** Sessions in an order that no client has: `+` connects, `-` disconnects, `?` asks something. */
const scripts = ['+-', '++', '+-+', '++-', '+-?', '+--', '-+-', '+?-', '++?-'] as const;
const queries = ['', '', '&sid=', '&sid', '&sid=x', '&sid=__proto__', '&EIO=3'] as const;
/** Whoever is in no session any more has nothing to keep a connection for. */
const endsWithinMs = 5_000;

export function sessionAttacks({ port, token }: Target): Attack[] {
  const packets: Readonly<Record<string, string>> = {
    '+': `40${JSON.stringify({ token })}`,
    '-': '41',
    '?': '421["message:read",{"sessionId":0,"messageId":0}]',
  };
  return [
    attack({
      name: 'sessions out of order',
      weight: 1,
      inputs: fc.tuple(fc.constantFrom(...scripts), fc.constantFrom(...queries)),
      async send([script, query]) {
        const socket = new WebSocket(`ws://127.0.0.1:${port}/socket.io/?EIO=4&transport=websocket${query}`);
        socket.on('error', () => undefined);
        const closed = next(socket, 'close');
        try {
          // A refusal is an answer too.
          await Promise.race([next(socket, 'open'), closed]);
          for (const step of script) {
            const packet = packets[step] ?? '';
            const answered = step === '-' ? undefined : next(socket, 'message');
            if (socket.readyState === WebSocket.OPEN) socket.send(packet);
            await Promise.race([answered, closed]);
          }
          if (script.endsWith('-') && !(await Promise.race([closed.then(() => true), later()])))
            throw new Error(`a connection without a session is open after ${endsWithinMs} ms`);
        } finally {
          socket.terminate();
        }
      },
      close: () => undefined,
    }),
  ];
}

/** `once` would reject with the socket's errors. */
function next(socket: WebSocket, event: 'open' | 'message' | 'close'): Promise<void> {
  return new Promise((resolve) => socket.once(event, () => resolve()));
}

function later(): Promise<false> {
  return new Promise((resolve) => setTimeout(() => resolve(false), endsWithinMs).unref());
}
