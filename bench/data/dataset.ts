/** How much is in a database. Chat `n` is between customer `n` and the dentist whose turn it is. */
export interface Dataset {
  readonly chats: number;
  readonly chatsPerDentist: number;
  readonly messages: number;
  /** How many of the messages are in chat 1; the others are spread over the other chats by chance. */
  readonly inFirstChat: number;
}

export function dentistOf(chatId: number, { chatsPerDentist }: Pick<Dataset, 'chatsPerDentist'>): number {
  return Math.ceil(chatId / chatsPerDentist);
}

/** The same numbers in each run: a multiplicative congruential generator (Lehmer, modulus 2^31 - 1). */
export function createDice(seed = 20_260_213): (sides: number) => number {
  let state = seed;
  return (sides) => {
    state = (state * 48_271) % 2_147_483_647;
    return state % sides;
  };
}

/** A message as it lies in the database. */
export interface SeededMessage {
  readonly id: number;
  readonly chatId: number;
  readonly sender: 'customer' | 'dentist';
  readonly atMs: number;
  readonly isRead: boolean;
}

const firstMs = Date.parse('2026-01-15T09:00:00Z');

/** All messages in the order of their ids, so that a chat's lie scattered in the table as they do in life. */
export function* generateMessages(dataset: Dataset): Generator<SeededMessage> {
  const { chats, messages, inFirstChat } = dataset;
  const dice = createDice();
  const everyFirst = inFirstChat === 0 ? Number.POSITIVE_INFINITY : Math.floor(messages / inFirstChat);
  for (let id = 1; id <= messages; id += 1) {
    const isFirst = id % everyFirst === 0 || chats === 1;
    const chatId = isFirst ? 1 : inFirstChat === 0 ? 1 + dice(chats) : 2 + dice(chats - 1);
    const sender = dice(2) === 0 ? 'customer' : 'dentist';
    // Two or three unread messages a chat, and as many in the long one.
    const isRead = isFirst ? id < messages - 3 * everyFirst : id < messages * 0.95;
    yield { id, chatId, sender, atMs: firstMs + id * 250, isRead };
  }
}
