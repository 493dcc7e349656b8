import type { ChatSocket } from './socket-types.js';

/** A polling client asks again at once; one that does not in this time has gone. */
const goodbyeTimeoutMs = 1_000;

/**
 * Bounds how long a polling client that is sent away may take to fetch the word. Engine.IO gives it 30 s, on a timer that
 * goes on after `close()` and holds the host's process as long.
 */
export function shortenGoodbye({ transport }: ChatSocket['conn']): void {
  // Engine.IO has no option for it, and its types call it private; a WebSocket has its own.
  if (transport.name === 'polling') Object.assign(transport, { closeTimeout: goodbyeTimeoutMs });
}
