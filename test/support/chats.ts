import type { Message, PersonRef } from '../../lib/index.js';
import type { ChatHost } from './chat-host.js';

/** Starts the chat of a customer and their dentist, and gives its id. */
export async function startChat(host: ChatHost, customer: PersonRef): Promise<number> {
  const { id } = await host.chat.chats.start(customer);
  return id;
}

/** Sends texts one after the other. */
export async function say(
  host: ChatHost,
  sender: PersonRef,
  chatId: number,
  ...texts: readonly string[]
): Promise<Message[]> {
  const sent: Message[] = [];
  for (const content of texts) sent.push(await host.chat.messages.send(sender, { chatId, content }));
  return sent;
}

/** `['first 1', 'first 2', ...]` */
export function texts(count: number, prefix: string): string[] {
  return Array.from({ length: count }, (_, index) => `${prefix} ${index + 1}`);
}
