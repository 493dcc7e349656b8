import { readFile, writeFile } from 'node:fs/promises';
import type { Pool } from 'pg';
import type { ChatModule, Message } from '../../lib/index.js';
import { backdate } from './backdate.js';
import { conversations, type Line, type SeededConversation } from './conversations.js';

/**
 * Writes the first conversations, once for each data folder: `marker` is the file that says it was done. If it was cut
 * short, it starts over, and the ids of the lines keep any of them from being there twice.
 */
export async function seed(chat: ChatModule, database: Pool, marker: string): Promise<void> {
  if (await exists(marker)) return;
  for (const conversation of conversations) await seedOne(chat, database, conversation);
  await writeFile(marker, `${new Date().toISOString()}\n`);
}

async function seedOne(chat: ChatModule, database: Pool, conversation: SeededConversation): Promise<void> {
  const { customer, dentist, lines, unread } = conversation;
  const chatId = await findOrStart(chat, conversation);
  const sent: Message[] = [];
  for (const [index, line] of lines.entries()) {
    sent.push(
      await chat.messages.send(line.from, {
        chatId,
        content: line.text,
        files: await photosOf(line),
        clientMessageId: `seed-${index}`,
      }),
    );
  }
  for (const reader of [customer, dentist]) {
    const seen = sent.slice(0, sent.length - unread).findLast(({ senderType }) => senderType !== reader.type);
    if (seen !== undefined) await chat.messages.markRead(reader, { chatId, upTo: seen.id });
  }
  await backdate(
    database,
    chatId,
    sent.map(({ id }, index) => ({ id, at: timeOf(lines[index]) })),
  );
}

async function findOrStart(chat: ChatModule, { customer, dentist }: SeededConversation): Promise<number> {
  const { chats } = await chat.chats.list(customer);
  const found = chats.find((one) => one.dentist.id === dentist.id);
  return found?.id ?? (await chat.chats.start(customer)).id;
}

function photosOf({ photos = [] }: Line): Promise<readonly Buffer[]> {
  return Promise.all(photos.map((name) => readFile(new URL(`./photos/${name}`, import.meta.url))));
}

/** Days before today at a time of the day, or minutes before now. */
function timeOf(line: Line | undefined): Date {
  if (line === undefined) return new Date();
  if ('minutesAgo' in line) return new Date(Date.now() - line.minutesAgo * 60_000);
  const at = new Date();
  at.setDate(at.getDate() - line.daysAgo);
  const [hour = 0, minute = 0] = line.time.split(':').map(Number);
  at.setHours(hour, minute, 0, 0);
  return at;
}

async function exists(path: string): Promise<boolean> {
  try {
    await readFile(path);
    return true;
  } catch {
    return false;
  }
}
