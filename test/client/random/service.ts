import type { AddressInfo } from 'node:net';
import { startChatHost, type ChatHost } from '../../support/chat-host.js';

/** A service that can be restarted: the database and the issuers stay, its address changes. */
export interface Service {
  readonly host: ChatHost;
  readonly port: number;
  restart(): Promise<void>;
  close(): Promise<void>;
}

export async function startService(): Promise<Service> {
  const options = { realtime: { offlineGraceMs: 0 } };
  // The first one owns the database and the issuers, and stays for as long as they are needed.
  const owner = await startChatHost(options);
  const { database, tokens } = owner;
  let host = await startChatHost(options, { database, tokens });
  return {
    get host() {
      return host;
    },
    get port() {
      return (host.server.address() as AddressInfo).port;
    },
    async restart() {
      await host.close();
      host = await startChatHost(options, { database, tokens });
    },
    async close() {
      await host.close();
      await owner.close();
    },
  };
}
