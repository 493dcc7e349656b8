import {
  createChatClient,
  type ChatClient,
  type ClientSnapshot,
  type OutboxStorage,
} from '../../../lib/client/index.js';
import type { PersonRef } from '../../../lib/index.js';
import { swift } from '../client-of.js';
import { openPhoneLine, type PhoneLine } from '../phone-line.js';

/** A page of somebody, on a line of its own, with the chat in view. */
export interface Tab {
  readonly person: PersonRef;
  readonly line: PhoneLine;
  readonly client: ChatClient;
  /** What was written here, in that order. */
  readonly written: readonly string[];
  write(text: string): void;
  /** Has seen all that is shown. */
  read(): void;
  /** Gives up what was written last and is not sent yet; returns its text. */
  discard(): string | undefined;
  loadOlder(): void;
  /** The chat is closed, and opened again. */
  reopen(): void;
  /** The page comes into view. */
  wake(): void;
  /** The page is gone, and loaded anew. */
  reload(): void;
  /** The token that it asks for next is not good. */
  refuseNextToken(): void;
  close(): Promise<void>;
}

interface Needs {
  readonly person: PersonRef;
  readonly chatId: number;
  readonly storage: OutboxStorage;
  readonly token: () => string;
  readonly port: number;
}

export async function openTab({ person, chatId, storage, token, port }: Needs): Promise<Tab> {
  const line = await openPhoneLine(port);
  const written: string[] = [];
  let badTokens = 0;
  let closeChat = (): void => undefined;
  let client = load();

  function load(): ChatClient {
    const getToken = (): string => (badTokens-- > 0 ? 'no.good.token' : token());
    const loaded = createChatClient({ url: line.url, getToken, storage, timing: swift });
    closeChat = loaded.openChat(chatId);
    loaded.connect();
    return loaded;
  }

  const shown = ({ conversations }: ClientSnapshot) => conversations.get(chatId)?.messages ?? [];
  return {
    person,
    line,
    written,
    get client() {
      return client;
    },
    write(text) {
      // Before a page has ever been connected, it has no chat to write into.
      if (client.getSnapshot().me === null) return;
      client.send(chatId, text);
      written.push(text);
    },
    read() {
      const newest = shown(client.getSnapshot()).at(-1);
      if (newest !== undefined) client.markRead(chatId, newest.id);
    },
    discard() {
      const last = client.getSnapshot().outbox.at(-1);
      if (last !== undefined) client.discard(last.clientMessageId);
      return last?.content;
    },
    loadOlder: () => void client.loadOlder(chatId),
    reopen() {
      closeChat();
      closeChat = client.openChat(chatId);
    },
    wake: () => client.wake(),
    reload() {
      client.disconnect();
      client = load();
    },
    refuseNextToken: () => void (badTokens = 1),
    async close() {
      client.disconnect();
      await line.close();
    },
  };
}
