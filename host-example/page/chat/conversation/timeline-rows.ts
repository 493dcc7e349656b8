import type { Message, OutgoingMessage, PersonType } from '../../../../lib/client/index.js';
import { daysAgo } from '../words.js';

/** A message that has arrived, or one of our own that is on its way. */
export type Said = Message | OutgoingMessage;

/** What a conversation shows from top to bottom. Keys stay the same when an outgoing message has arrived. */
export type TimelineRow =
  | { readonly kind: 'day'; readonly key: string; readonly at: string }
  | { readonly kind: 'unread'; readonly key: string }
  | MessageRow;

export interface MessageRow {
  readonly kind: 'message';
  readonly key: string;
  readonly said: Said;
  readonly isMine: boolean;
  /** Where it stands among neighbours of the same sender. */
  readonly startsGroup: boolean;
  readonly endsGroup: boolean;
}

/** Messages of one sender within this time belong together. */
const groupMs = 5 * 60_000;

export function timelineRows(
  messages: readonly Message[],
  outgoing: readonly OutgoingMessage[],
  firstUnreadId: number | null,
  me: PersonType | undefined,
): readonly TimelineRow[] {
  const all: readonly Said[] = [...messages, ...outgoing];
  const isMine = (said: Said): boolean => isOutgoing(said) || said.senderType === me;
  const isFirstUnread = (said: Said): boolean => !isOutgoing(said) && said.id === firstUnreadId;
  const continues = (said: Said | undefined, next: Said | undefined): boolean =>
    said !== undefined &&
    next !== undefined &&
    !isFirstUnread(next) &&
    isMine(said) === isMine(next) &&
    isSameDay(said, next) &&
    Date.parse(timeOf(next)) - Date.parse(timeOf(said)) < groupMs;

  return all.flatMap((said, index) => {
    const before = all[index - 1];
    const key = keyOf(said, isMine(said));
    const rows: TimelineRow[] = [];
    if (before === undefined || !isSameDay(before, said))
      rows.push({ kind: 'day', key: `day ${key}`, at: timeOf(said) });
    if (isFirstUnread(said)) rows.push({ kind: 'unread', key: 'unread' });
    const startsGroup = !continues(before, said);
    const endsGroup = !continues(said, all[index + 1]);
    rows.push({ kind: 'message', key, said, isMine: isMine(said), startsGroup, endsGroup });
    return rows;
  });
}

export function isOutgoing(said: Said): said is OutgoingMessage {
  return 'queuedAt' in said;
}

export function timeOf(said: Said): string {
  return isOutgoing(said) ? said.queuedAt : said.createdAt;
}

function isSameDay(one: Said, other: Said): boolean {
  return daysAgo(timeOf(one)) === daysAgo(timeOf(other));
}

function keyOf(said: Said, isMine: boolean): string {
  if (isOutgoing(said)) return said.clientMessageId;
  return (isMine ? said.clientMessageId : undefined) ?? String(said.id);
}
