import { startChatHost } from '../support/chat-host.js';

/** The documents that a service with the usual options serves, by their file names. */
export async function freshContracts(): Promise<ReadonlyMap<string, unknown>> {
  const host = await startChatHost();
  try {
    const documents = new Map<string, unknown>();
    for (const name of ['openapi.json', 'asyncapi.json']) {
      const { status, body } = await host.as(null).get(`/api/contracts/${name}`);
      if (status !== 200) throw new Error(`${name} is not served: ${status} ${JSON.stringify(body)}`);
      documents.set(name, body);
    }
    return documents;
  } finally {
    await host.close();
  }
}
