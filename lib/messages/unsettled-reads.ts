import type { Actor } from '../auth/actor.js';
import type { ChatMembers } from '../chats/chat.js';
import type { Database } from '../database/database.js';
import type { DomainEventBus } from '../domain-events.js';
import type { Logger } from '../logger.js';
import type { ReadStatements } from './read-statements.js';

/** Receipts of messages that may have been marked as read although the reader was told of a failure. */
export interface UnsettledReads {
  /** Looks for what was marked since `begunAt` (of `performance.now()`) and announces it: what was announced, too. */
  review(reader: Actor, members: ChatMembers, begunAt: number): void;
}

interface Needs {
  database: Database;
  readStatements: ReadStatements;
  domainEvents: DomainEventBus;
  logger: Logger;
}

/** When it looks, and how often while the database is away, each time after twice as long. */
const firstAfterMs = 250;
const maxAttempts = 8;
/** Readers and chats at once: not all that somebody may think of while the database is away. */
const maxReviews = 1_000;
/** How much further back it looks: the time runs on until the statement is there. A receipt said twice is no harm. */
const marginMs = 10_000;

/** A retry finds everything marked and says nothing, so the process itself makes up for the receipt. */
export function createUnsettledReads({ database, readStatements, domainEvents, logger }: Needs): UnsettledReads {
  const due = new Set<string>();

  function lookLater(reader: Actor, members: ChatMembers, begunAt: number, attempt: number): void {
    const key = `${members.chatId}:${reader.type}`;
    // One that is due already looks later than now, and further back.
    if (due.has(key) || due.size >= maxReviews) return;
    due.add(key);
    const look = async (): Promise<void> => {
      due.delete(key);
      try {
        await announce(reader, members, performance.now() - begunAt + marginMs);
      } catch (err) {
        logger.debug({ err }, 'what may have been marked as read could not be looked up');
        if (attempt < maxAttempts) lookLater(reader, members, begunAt, attempt + 1);
      }
    };
    setTimeout(() => void look(), firstAfterMs * 2 ** (attempt - 1)).unref();
  }

  async function announce(reader: Actor, members: ChatMembers, lastMs: number): Promise<void> {
    const { chatId } = members;
    const marks = await database.query(readStatements.lately, [chatId, reader.type, Math.ceil(lastMs)]);
    for (const { ids: messageIds, read_at: readAt } of marks) {
      const receipt = { chatId, messageId: messageIds.at(-1) ?? null, messageIds, readAt };
      domainEvents.emit('message:read', { receipt, reader, members });
    }
  }

  return { review: (reader, members, begunAt) => lookLater(reader, members, begunAt, 1) };
}
