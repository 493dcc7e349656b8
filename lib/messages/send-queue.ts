import type { Database } from '../database/database.js';
import { ChatError } from '../errors.js';
import type { MessageRow, SendStatements, WrittenRow } from './send-statements.js';

/** Statements under way at most: while one commits, the next is filled. */
const maxStatements = 2;
/** Messages in one statement at most: bounds what one statement locks and how long it takes. */
const maxBatch = 500;

interface Waiting {
  readonly row: MessageRow;
  resolve(written: WrittenRow | undefined): void;
  reject(error: unknown): void;
}

/** Writes messages of text. Resolves with what became of the message, undefined where there is no such chat. */
export interface SendQueue {
  send(row: MessageRow): Promise<WrittenRow | undefined>;
}

/**
 * The hot path. Messages that arrive while statements are under way are written together by the next one; there is no
 * timer, so a lone message waits for nothing and takes the plain statement. Messages of one chat are never in two
 * statements at once: they commit, and are announced, in the order in which they came.
 */
export function createSendQueue(database: Database, statements: SendStatements): SendQueue {
  let waiting: Waiting[] = [];
  let underWay = 0;
  const busyChats = new Set<number>();

  function pump(): void {
    while (underWay < maxStatements && waiting.length > 0) {
      const batch = takeBatch();
      if (batch.length === 0) return;
      underWay += 1;
      void write(batch).finally(() => {
        underWay -= 1;
        for (const { row } of batch) busyChats.delete(row.chatId);
        pump();
      });
    }
  }

  /** The oldest messages whose chats are free, in order; the others keep their places. */
  function takeBatch(): Waiting[] {
    const batch: Waiting[] = [];
    const left: Waiting[] = [];
    for (const one of waiting) {
      if (batch.length < maxBatch && !busyChats.has(one.row.chatId)) batch.push(one);
      else left.push(one);
    }
    waiting = left;
    for (const { row } of batch) busyChats.add(row.chatId);
    return batch;
  }

  async function write(batch: readonly Waiting[]): Promise<void> {
    const [first] = batch;
    if (batch.length === 1 && first !== undefined) return writeOne(first);
    let rows: (WrittenRow & { n: number })[];
    try {
      rows = await database.query(statements.many, columnsOf(batch));
    } catch (error) {
      // The database is away: all share that. Else one of them may be at fault, and must fail alone.
      if (error instanceof ChatError) for (const one of batch) one.reject(error);
      else for (const one of batch) await writeOne(one);
      return;
    }
    const byPlace = new Map(rows.map((row) => [row.n, row]));
    batch.forEach((one, index) => one.resolve(byPlace.get(index + 1)));
  }

  async function writeOne({ row, resolve, reject }: Waiting): Promise<void> {
    try {
      const [written] = await database.query(statements.one, singleValues(row, 0));
      resolve(written);
    } catch (error) {
      reject(error);
    }
  }

  return {
    send: (row) =>
      new Promise((resolve, reject) => {
        waiting.push({ row, resolve, reject });
        pump();
      }),
  };
}

/** The parameters of the statement for one message. */
export function singleValues(row: MessageRow, imageCount: number): unknown[] {
  const { chatId, senderType, senderId, content, clientMessageId, fingerprint } = row;
  return [chatId, senderType, senderId, content, clientMessageId ?? null, fingerprint ?? null, imageCount];
}

function columnsOf(batch: readonly Waiting[]): unknown[] {
  return [
    batch.map(({ row }) => row.chatId),
    batch.map(({ row }) => row.senderType),
    batch.map(({ row }) => row.senderId),
    batch.map(({ row }) => row.content),
    batch.map(({ row }) => row.clientMessageId ?? null),
    batch.map(({ row }) => row.fingerprint ?? null),
  ];
}
