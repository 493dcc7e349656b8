import { useSyncExternalStore } from 'react';
import type { ChatClient } from './chat-client.js';
import type { ClientSnapshot } from './snapshot.js';

/**
 * A part of the client's snapshot; the component renders again when that part changes. `select` picks what is there
 * and makes nothing new, or it would differ each time.
 */
export function useClient<Part>(client: ChatClient, select: (snapshot: ClientSnapshot) => Part): Part {
  return useSyncExternalStore(client.subscribe, () => select(client.getSnapshot()));
}
