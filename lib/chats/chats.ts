import type { Actor, PersonType } from '../auth/actor.js';
import { chatError } from '../errors.js';
import { inSlices } from '../in-slices.js';
import { otherMember, type Chat, type ChatList, type ChatMembers, type ChatStatus, type ChatSummary } from './chat.js';
import { formatChatCursor, type ChatCursor } from './chat-cursor.js';
import { maxPage, type ListChatsInput } from './chat-input.js';
import { defineChatModel } from './chat-model.js';
import type { ListedChat } from './chat-statements.js';
import { describePair } from './describe-pair.js';
import { createStartChat, type StartChat, type ChatNeeds } from './start-chat.js';

/** The operations on chats. */
export interface Chats {
  /** Everybody's own list, newest activity first. */
  list(actor: Actor, input: ListChatsInput): Promise<ChatList>;
  /** @throws ChatError `chat_not_found`, for strangers too. */
  get(actor: Actor, chatId: number): Promise<Chat>;
  start: StartChat;
  /**
   * Closes a chat (nobody can send into it) or opens it again, for the host's own code. Does nothing where it is so.
   * @throws ChatError `chat_not_found`.
   */
  setStatus(chatId: number, status: ChatStatus): Promise<void>;
}

/** Behind no chat: later than any time and any id. */
const pastEverything = { updatedAt: 'infinity', id: Number.MAX_SAFE_INTEGER };

export function createChats(needs: ChatNeeds): Chats {
  const { database, chatStatements, memberships, people, domainEvents, lookAgain } = needs;
  const model = defineChatModel(database);

  async function list(actor: Actor, { limit, before }: ListChatsInput): Promise<ChatList> {
    const from = before ?? pastEverything;
    const paged = limit !== undefined || before !== undefined;
    const size = limit ?? defaultPageSize;
    // One row more than the page tells whether there is more.
    const rows = await findAdmitted(actor, from, paged ? size + 1 : null);
    const page = paged ? rows.slice(0, size) : rows;
    const chats = await inSlices(page, namedAtOnce, (slice) => describe(actor, slice));
    if (!paged) return { chats };
    const last = page.at(-1);
    const hasMore = rows.length > page.length;
    const nextCursor = hasMore && last ? formatChatCursor({ updatedAt: last.updated_at, id: last.id }) : null;
    return { chats, hasMore, nextCursor };
  }

  async function describe(actor: Actor, rows: readonly ListedChat[]): Promise<ChatSummary[]> {
    const others = rows.map((row) => otherMember(membersOf(row), actor));
    const named = await people.findPeople([actor, ...others]);
    const nameOf = (type: PersonType, id: number) => ({ id, name: named.get({ type, id })?.name ?? '' });
    const summarize = (row: ListedChat): ChatSummary => ({
      id: row.id,
      customer: nameOf('customer', row.customer_id),
      dentist: nameOf('dentist', row.dentist_id),
      lastMessage: lastMessageOf(row),
      unreadCount: row.unread,
      updatedAt: row.updated_at,
    });
    return inSlices(rows, describedAtOnce, async (slice) => slice.map(summarize));
  }

  async function admit(actor: Actor, rows: readonly ListedChat[]): Promise<readonly ListedChat[]> {
    // A customer keeps every chat.
    if (actor.type === 'customer') return rows;
    const live = await memberships.areLive(rows.map(membersOf));
    return rows.filter((_, index) => live[index] === true);
  }

  /** Rows of the actor's list behind a place in it, all or so many; the chats of a dentist's former customers are passed over. */
  async function findAdmitted(actor: Actor, from: ChatCursor, wanted: number | null): Promise<ListedChat[]> {
    let found: ListedChat[] = [];
    for (let behind = from, size = wanted; ;) {
      const rows =
        size === null
          ? await database.query(chatStatements.list(actor.type), [actor.id])
          : await database.query(chatStatements.page(actor.type), [actor.id, behind.updatedAt, behind.id, size]);
      found = found.concat(await inSlices(rows, admittedAtOnce, (slice) => admit(actor, slice)));
      const last = rows.at(-1);
      if (last === undefined || wanted === null || size === null || rows.length < size || found.length >= wanted) {
        return wanted === null ? found : found.slice(0, wanted);
      }
      behind = { updatedAt: last.updated_at, id: last.id };
      // Where there are former customers there may be thousands, and a short page would find its way past them in steps.
      size = maxPage + 1;
    }
  }

  async function get(actor: Actor, chatId: number): Promise<Chat> {
    const [row] = await database.query(chatStatements.find, [chatId]);
    if (row === undefined) throw chatError('chat_not_found');
    const members = membersOf(row);
    if (!(await memberships.admits(members, actor))) throw chatError('chat_not_found');
    return {
      id: row.id,
      // Nobody is there to be written to.
      status: (await memberships.isLive(members)) ? row.status : 'closed',
      createdAt: row.created_at,
      updatedAt: row.updated_at,
      ...(await describePair(people, { customerId: row.customer_id, dentistId: row.dentist_id })),
    };
  }

  async function setStatus(chatId: number, status: ChatStatus): Promise<void> {
    const members = await memberships.find(chatId);
    if (members === undefined) throw chatError('chat_not_found');
    const announce = (): void => domainEvents.emit('chat:updated', { members, status });
    try {
      const [changed] = await database.runModel(() =>
        model.update({ status }, { where: { id: chatId, status: status === 'closed' ? 'active' : 'closed' } }),
      );
      if (changed > 0) announce();
    } catch (error) {
      // It may have been committed all the same, and a second call would find it done and say nothing.
      lookAgain(error, () => announceIfSo(chatId, status, announce));
      throw error;
    }
  }

  async function announceIfSo(chatId: number, status: ChatStatus, announce: () => void): Promise<boolean> {
    const [row] = await database.query(chatStatements.find, [chatId]);
    if (row?.status !== status) return false;
    announce();
    return true;
  }

  return { list, get, setStatus, start: createStartChat(needs) };
}

/** Where a page is asked for without saying how long. */
const defaultPageSize = 50;
// Rows in one turn of the event loop: a whole list may have thousands.
/** The directory is asked about each slice by itself, so that these are some tenths of a millisecond and few questions. */
const admittedAtOnce = 1_000;
const namedAtOnce = 250;
const describedAtOnce = 100;

function membersOf(row: { id: number; customer_id: number; dentist_id: number }): ChatMembers {
  return { chatId: row.id, customerId: row.customer_id, dentistId: row.dentist_id };
}

function lastMessageOf(row: ListedChat) {
  if (row.last_content === null || row.last_created_at === null || row.last_sender_type === null) return null;
  return { content: row.last_content, createdAt: row.last_created_at, senderType: row.last_sender_type };
}
