import type { EventEmitter } from 'node:events';
import { withinMs } from '../within.js';

/** A client of Engine.IO, as far as waiting for it goes. */
type Client = EventEmitter & { readonly writeBuffer: readonly unknown[] };

/** A polling client asks again at once; one that does not in this time has gone. */
const flushTimeoutMs = 1_000;

/**
 * Waits until clients have what was said to them last. A polling client fetches it with its next request, and closing
 * takes away what is not fetched: the acks of what was in flight, mostly.
 */
export async function flushClients(engine: object): Promise<void> {
  const { clients } = engine as { clients: Readonly<Record<string, Client>> };
  const waiting = Object.values(clients).filter(({ writeBuffer }) => writeBuffer.length > 0);
  const flushed = waiting.map(
    (client) => new Promise((resolve) => client.once('drain', resolve).once('close', resolve)),
  );
  await withinMs(flushTimeoutMs, Promise.all(flushed));
}
