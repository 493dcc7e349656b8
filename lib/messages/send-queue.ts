import type { Database } from '../database/database.js';
import { isRefusedByServer } from '../database/database-errors.js';
import { ChatError } from '../errors.js';
import type { MessageRow, SendStatements, WrittenRow } from './send-statements.js';

/** Statements under way at most: while one commits, the next is filled. */
const maxStatements = 2;
/** A statement that takes longer waits for somebody else's lock on one of its chats, or the database is slow. */
const slowAfterMs = 100;
/** Slow statements that have given up their places, at most, of the pool's connections: each holds one. */
const slowShare = 0.4;
/** Where a statement fails because the database is away: whoever has waited longer than this has waited long enough. */
const patienceMs = 500;
/** Messages in one statement at most: bounds what one statement locks and how long it takes. */
const maxBatch = 500;

interface Waiting {
  readonly row: MessageRow;
  readonly since: number;
  resolve(written: WrittenRow | undefined): void;
  reject(error: unknown): void;
}

/** A statement that is under way. */
interface UnderWay {
  /** It has given up its place. */
  isSlow: boolean;
}

/** Writes messages of text. Resolves with what became of the message, undefined where there is no such chat. */
export interface SendQueue {
  send(row: MessageRow): Promise<WrittenRow | undefined>;
}

/**
 * The hot path. Messages that arrive in one turn of the event loop, or while statements are under way, are written
 * together; none is held back to wait for others, so a lone message takes the plain statement at once. Messages of one
 * chat are never in two statements at once: they commit, and are announced, in the order in which they came. A statement
 * that waits for long gives up its place: whoever has locked a chat holds up those who write to it, and, beside them, only
 * those whose messages came to be in the same statement. `unsettled` is told of each message that may have been written
 * although its sender is told of a failure.
 */
export function createSendQueue(
  database: Database,
  statements: SendStatements,
  poolSize: number,
  unsettled: (chatId: number) => void,
): SendQueue {
  const maxSlow = Math.floor(poolSize * slowShare);
  let waiting: Waiting[] = [];
  let underWay = 0;
  let slow = 0;
  let isPumpDue = false;
  const busyChats = new Set<number>();
  /** Those that take long and hold a place still, the oldest first. */
  const overdue = new Set<UnderWay>();

  function pump(): void {
    while (underWay < maxStatements && waiting.length > 0) {
      const batch = takeBatch();
      if (batch.length === 0) return;
      begin(batch);
    }
  }

  function begin(batch: readonly Waiting[]): void {
    const statement = { isSlow: false };
    underWay += 1;
    const timer = setTimeout(() => {
      overdue.add(statement);
      freePlaces();
      pump();
    }, slowAfterMs);
    void write(batch).finally(() => {
      clearTimeout(timer);
      overdue.delete(statement);
      if (statement.isSlow) slow -= 1;
      else underWay -= 1;
      for (const { row } of batch) busyChats.delete(row.chatId);
      freePlaces();
      pump();
    });
  }

  /** Lets slow statements give up their places, as many as may. */
  function freePlaces(): void {
    for (const statement of overdue) {
      if (slow === maxSlow) return;
      overdue.delete(statement);
      statement.isSlow = true;
      slow += 1;
      underWay -= 1;
    }
  }

  /**
   * Pumps once what is there to be read has been read. At once, the first message after a lull would go alone, and hold
   * one of the places, while those that came with it wait.
   */
  function pumpSoon(): void {
    if (isPumpDue || underWay === maxStatements) return;
    isPumpDue = true;
    setImmediate(() => {
      isPumpDue = false;
      pump();
    });
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
    if (batch.length === 1) return writeOneByOne(batch);
    let rows: (WrittenRow & { n: number })[];
    try {
      rows = await database.query(statements.many, columnsOf(batch));
    } catch (error) {
      const isRefused = isRefusedByServer(error);
      // One of them may be at fault, and must fail alone.
      if (isRefused && !(error instanceof ChatError)) return writeOneByOne(batch);
      // Else all share it, and all may be written.
      if (!isRefused) for (const { row } of batch) unsettled(row.chatId);
      return refuse(batch, error);
    }
    const written: (WrittenRow | undefined)[] = [];
    for (const row of rows) written[row.n - 1] = row;
    followEachOther(batch, written);
    batch.forEach((one, index) => one.resolve(written[index]));
  }

  async function writeOneByOne(batch: readonly Waiting[]): Promise<void> {
    for (const [index, one] of batch.entries()) {
      try {
        const [written] = await database.query(statements.one, singleValues(one.row, 0));
        one.resolve(written);
      } catch (error) {
        if (!isRefusedByServer(error)) unsettled(one.row.chatId);
        if (error instanceof ChatError) return refuse(batch.slice(index), error);
        one.reject(error);
      }
    }
  }

  function refuse(batch: readonly Waiting[], error: unknown): void {
    for (const one of batch) one.reject(error);
    // The database was waited for in vain, and not by these alone: nobody waits through one statement after the other.
    if (!(error instanceof ChatError)) return;
    const longest = performance.now() - patienceMs;
    for (const one of waiting) if (one.since < longest) one.reject(error);
    waiting = waiting.filter(({ since }) => since >= longest);
  }

  return {
    send: (row) =>
      new Promise((resolve, reject) => {
        waiting.push({ row, since: performance.now(), resolve, reject });
        pumpSoon();
      }),
  };
}

/**
 * Of each message the statement says what was in its chat before all of them. Here each says that it follows the one before
 * it: it cannot be taken to be the next where that one is heard of later.
 */
function followEachOther(batch: readonly Waiting[], written: readonly (WrittenRow | undefined)[]): void {
  const newest = new Map<number, number>();
  batch.forEach(({ row: { chatId } }, index) => {
    const row = written[index];
    if (row === undefined || row.id === null) return;
    row.previous_id = newest.get(chatId) ?? row.previous_id;
    newest.set(chatId, row.id);
  });
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
