import { useEffect, useMemo } from 'react';
import { createChatClient, type ChatClient } from '../../../lib/client/index.js';
import { fetchToken } from './demo-service.js';

/** A person's own connection to the service, for as long as somebody sits there. */
export function useSession(person: string): ChatClient {
  const client = useMemo(
    () => createChatClient({ url: location.origin, getToken: () => fetchToken(person), storage: localStorage }),
    [person],
  );

  useEffect(() => {
    const wake = (): void => client.wake();
    client.connect();
    window.addEventListener('online', wake);
    document.addEventListener('visibilitychange', wake);
    return () => {
      window.removeEventListener('online', wake);
      document.removeEventListener('visibilitychange', wake);
      client.disconnect();
    };
  }, [client]);

  return client;
}
