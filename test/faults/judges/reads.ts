import type { ReadAnswer, Readers } from '../readers.js';
import type { Service } from '../service.js';

interface Row {
  readonly id: number;
  readonly chatId: number;
  readonly senderType: string;
  readonly isRead: boolean;
}

/**
 * What readers were shown is a piece of what there is in the end: a page has no gap that is filled later, for within a
 * chat the order of ids is the order of commits. And what was acked as read is read.
 */
export async function judgeReads({ database, chats }: Service, { answers }: Readers): Promise<string[]> {
  const shown = answers.flatMap(({ page = [], readUpTo }) => [
    ...page,
    ...(typeof readUpTo === 'number' ? [readUpTo] : []),
  ]);
  const rows = await database.query<Row>(
    `SELECT id::int, chat_id::int AS "chatId", sender_type AS "senderType", read_at IS NOT NULL AS "isRead"
       FROM chat.messages WHERE id >= $1 ORDER BY id`,
    [Math.min(2 ** 53 - 1, ...shown)],
  );
  const histories = new Map(chats.map(({ id }) => [id, rows.filter(({ chatId }) => chatId === id)]));
  return answers.flatMap((answer) => {
    const history = histories.get(answer.chatId) ?? [];
    const fault = faultOfList(answer, chats) ?? faultOfPage(answer, history) ?? faultOfReceipt(answer, history);
    return fault === undefined ? [] : [`${answer.operation} (${answer.person} ${answer.personId}): ${fault}`];
  });
}

function faultOfList({ chats: listed, person, personId }: ReadAnswer, chats: Service['chats']): string | undefined {
  if (listed === undefined) return undefined;
  const own = chats.filter((chat) => chat[person].id === personId).map(({ id }) => id);
  const isTheirs = listed.length === own.length && own.every((id) => listed.includes(id));
  return isTheirs ? undefined : `lists the chats ${listed.join(', ')}, and theirs are ${own.join(', ')}`;
}

function faultOfPage({ page }: ReadAnswer, history: readonly Row[]): string | undefined {
  const [first] = page ?? [];
  if (page === undefined || first === undefined) return undefined;
  const begin = history.findIndex(({ id }) => id === first);
  const run = history.slice(begin, begin + page.length).map(({ id }) => id);
  return begin >= 0 && run.join() === page.join() ? undefined : `shows ${page.join()}, and there are ${run.join()}`;
}

function faultOfReceipt({ readUpTo, person }: ReadAnswer, history: readonly Row[]): string | undefined {
  if (typeof readUpTo !== 'number') return undefined;
  if (!history.some(({ id }) => id === readUpTo)) return `has read up to ${readUpTo}, which is not there`;
  const unread = history.filter(({ id, senderType, isRead }) => id <= readUpTo && senderType !== person && !isRead);
  return unread.length === 0 ? undefined : `is read up to ${readUpTo}, but not ${unread.map(({ id }) => id).join()}`;
}
