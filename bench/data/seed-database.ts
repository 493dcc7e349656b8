import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import pg from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import { dentistOf, generateMessages, type Dataset } from './dataset.js';

/** Told how many rows of how many are in. */
export type Progress = (table: string, rows: number, of: number) => void;

const quiet: Progress = () => undefined;

/**
 * Fills a migrated, empty database. Rows go in by COPY, without the foreign keys' checks and before the indexes: 10
 * million messages take minutes so, and hours otherwise. Needs a superuser.
 */
export async function seedDatabase(url: string, dataset: Dataset, progress: Progress = quiet): Promise<void> {
  const client = new pg.Client(url);
  await client.connect();
  try {
    await client.query(`SET session_replication_role = replica; SET maintenance_work_mem = '512MB'`);
    const restore = await dropIndexes(client);
    const newest = await copyMessages(client, dataset, progress);
    await copyPeople(client, dataset, progress);
    await copyChats(client, dataset, newest, progress);
    await restore();
    await client.query(`SELECT setval('chat.message_ids', $1)`, [dataset.messages + 1]);
    await client.query(`SELECT setval(pg_get_serial_sequence('chat.chats', 'id'), $1)`, [dataset.chats + 1]);
    await client.query('VACUUM (ANALYZE) chat.messages, chat.chats, customers, dentists');
    // Gigabytes would be written while the first thing is measured.
    await client.query('CHECKPOINT');
  } finally {
    await client.end();
  }
}

/** Takes the indexes of the messages away; returns what builds them again, as they were. */
async function dropIndexes(client: pg.Client): Promise<() => Promise<void>> {
  const constraints = await client.query<{ table: string; name: string; definition: string }>(`
    SELECT conrelid::regclass::text AS table, conname AS name, pg_get_constraintdef(oid) AS definition
      FROM pg_constraint
     WHERE (conrelid = 'chat.messages'::regclass AND contype = 'p') OR confrelid = 'chat.messages'::regclass
     ORDER BY contype DESC`);
  const indexes = await client.query<{ name: string; definition: string }>(`
    SELECT indexrelid::regclass::text AS name, pg_get_indexdef(indexrelid) AS definition
      FROM pg_index WHERE indrelid = 'chat.messages'::regclass AND NOT indisprimary`);
  for (const { table, name } of [...constraints.rows].reverse()) {
    await client.query(`ALTER TABLE ${table} DROP CONSTRAINT ${name}`);
  }
  for (const { name } of indexes.rows) await client.query(`DROP INDEX ${name}`);

  return async () => {
    for (const { definition } of indexes.rows) await client.query(definition);
    for (const { table, name, definition } of constraints.rows) {
      await client.query(`ALTER TABLE ${table} ADD CONSTRAINT ${name} ${definition}`);
    }
  };
}

/** The newest message of each chat, by chat id. */
async function copyMessages(client: pg.Client, dataset: Dataset, progress: Progress): Promise<Map<number, Newest>> {
  const newest = new Map<number, Newest>();
  const columns = 'id, chat_id, sender_type, sender_id, content, created_at, read_at';
  await copy(client, `chat.messages (${columns})`, dataset.messages, progress, function* () {
    for (const { id, chatId, sender, atMs, isRead } of generateMessages(dataset)) {
      const at = new Date(atMs).toISOString();
      newest.set(chatId, { id, at });
      const senderId = sender === 'customer' ? chatId : dentistOf(chatId, dataset);
      const content = `Message ${id}: the aligners of week ${id % 40} fit, and nothing hurts.`;
      yield `${id}\t${chatId}\t${sender}\t${senderId}\t${content}\t${at}\t${isRead ? at : '\\N'}\n`;
    }
  });
  return newest;
}

interface Newest {
  readonly id: number;
  readonly at: string;
}

async function copyPeople(client: pg.Client, dataset: Dataset, progress: Progress): Promise<void> {
  const dentists = dentistOf(dataset.chats, dataset);
  await copy(client, 'dentists (id, name, email)', dentists, progress, function* () {
    for (let id = 1; id <= dentists; id += 1) yield `${id}\tDr. Dentist ${id}\tdentist${id}@clinic.example\n`;
  });
  await copy(client, 'customers (id, name, email, dentist_id)', dataset.chats, progress, function* () {
    for (let id = 1; id <= dataset.chats; id += 1) {
      yield `${id}\tCustomer ${id}\tcustomer${id}@example.com\t${dentistOf(id, dataset)}\n`;
    }
  });
}

async function copyChats(
  client: pg.Client,
  dataset: Dataset,
  newest: ReadonlyMap<number, Newest>,
  progress: Progress,
): Promise<void> {
  const columns = 'id, customer_id, dentist_id, last_message_id, updated_at';
  await copy(client, `chat.chats (${columns})`, dataset.chats, progress, function* () {
    for (let id = 1; id <= dataset.chats; id += 1) {
      const last = newest.get(id);
      yield `${id}\t${id}\t${dentistOf(id, dataset)}\t${last?.id ?? '\\N'}\t${last?.at ?? '2026-01-15T09:00:00Z'}\n`;
    }
  });
}

const rowsPerChunk = 2_000;

async function copy(
  client: pg.Client,
  target: string,
  total: number,
  progress: Progress,
  rows: () => Iterable<string>,
): Promise<void> {
  const table = target.split(' ', 1)[0] ?? target;
  let count = 0;
  function* chunks(): Generator<string> {
    let chunk: string[] = [];
    for (const row of rows()) {
      chunk.push(row);
      count += 1;
      if (chunk.length < rowsPerChunk) continue;
      yield chunk.join('');
      chunk = [];
      progress(table, count, total);
    }
    yield chunk.join('');
    progress(table, total, total);
  }
  await pipeline(Readable.from(chunks()), client.query(copyFrom(`COPY ${target} FROM STDIN`)));
}
