import type { ClientSnapshot } from './snapshot.js';
import type { OutboxStorage } from './storage.js';
import type { ClientTiming } from './timing.js';
import type { GetToken } from './token-source.js';

export interface ChatClientOptions {
  /**
   * Where the service is: `https://chat.example.com`, with the module's base path if it has one. Default: the page's own
   * origin, in browsers.
   */
  readonly url?: string;
  /** Answers with a valid token of the person who is signed in. Not asked while the last one is good. */
  readonly getToken: GetToken;
  /** The path of the service's Socket.IO. Default `/socket.io`. */
  readonly socketPath?: string;
  /**
   * Where unsent text survives a reload: `webStorage()` in browsers. Default: nowhere. It is kept from the first
   * connection of a page on, which shows whose it is.
   */
  readonly storage?: OutboxStorage;
  readonly timing?: Partial<ClientTiming>;
}

/**
 * The chats of one person, for an app of any framework: read `getSnapshot()`, and read it again when `subscribe` calls.
 * What it shows of a conversation is complete and in order at every moment; what it sends arrives once. A client is one
 * person's: for the next one who signs in, make another.
 */
export interface ChatClient {
  /** The same object until something changes; whatever did not change in the next is the same object still. */
  getSnapshot(): ClientSnapshot;
  /** Calls after each change. Returns the function that unsubscribes. */
  subscribe(listener: () => void): () => void;
  /** Connects, and stays connected: after each break it tries again, at growing intervals. */
  connect(): void;
  /** Lets go of the network; messages written from now on wait for the next `connect()`. */
  disconnect(): void;
  /**
   * Tries to connect at once, and makes sure of a connection that has been silent. In a browser the client calls it
   * itself when the network comes back or the page into view; call it for such moments elsewhere (React Native's
   * `AppState` and NetInfo).
   */
  wake(): void;
  /**
   * Loads the newest messages into `conversations` and keeps them up to date. Returns the function that ends that, once
   * everybody who has opened the chat has called theirs.
   */
  openChat(chatId: number): () => void;
  /** Tries again where a conversation's `phase` is `failed`. */
  reloadChat(chatId: number): void;
  /** Adds the page before the oldest message. Never rejects: see `older` of the conversation. */
  loadOlder(chatId: number): Promise<void>;
  /**
   * Writes a message, whatever the network does. Returns the id that it goes by in `outbox`, and later as its
   * `clientMessageId`.
   * @param content May be empty when there are images.
   * @param images At most 5, unless the service says otherwise.
   */
  send(chatId: number, content: string, images?: readonly Blob[]): string;
  /** Sends a failed message again. */
  retry(clientMessageId: string): void;
  /** Gives a message up, and ends its upload. One that has reached the service already shows as sent after all. */
  discard(clientMessageId: string): void;
  /**
   * Call with true at each change of a text that is being written, with false when it was emptied. Ends by itself after
   * 4 s without a change, and with `send`.
   */
  setTyping(chatId: number, isTyping: boolean): void;
  /** The person has seen this message, and so all before it. Call it as often as you like: little is sent. */
  markRead(chatId: number, upTo: number): void;
  /**
   * Starts the customer's chat with their dentist; resolves with its id, of the chat that is there where they have one
   * already. Rejects with `RequestError`.
   */
  startChat(): Promise<number>;
  /** Fetches the list of chats anew. Only needed after it has failed: else it keeps itself up to date. */
  refreshChats(): void;
  /** Asks for new picture URLs, those of the message having run out. Rejects with `RequestError`. */
  renewImages(chatId: number, messageId: number): Promise<void>;
}
