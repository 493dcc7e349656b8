import type { OutgoingMessage } from '../chat-client/snapshot.js';
import type { Message, PersonType } from '../chat-client/wire.js';
import { daysAgo } from './words.js';

/** What a conversation shows from top to bottom. Keys stay the same when an outgoing message has arrived. */
export type TimelineRow =
  | { readonly kind: 'day'; readonly key: string; readonly at: string }
  | { readonly kind: 'unread'; readonly key: string }
  | { readonly kind: 'message'; readonly key: string; readonly entry: Entry; readonly place: Place };

export type Entry =
  | { readonly arrived: true; readonly isMine: boolean; readonly at: string; readonly message: Message }
  | { readonly arrived: false; readonly isMine: true; readonly at: string; readonly outgoing: OutgoingMessage };

/** Where a message stands among neighbours of the same sender. */
export interface Place {
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
  const entries: Entry[] = [
    ...messages.map((message): Entry => {
      return { arrived: true, isMine: message.senderType === me, at: message.createdAt, message };
    }),
    ...outgoing.map((entry): Entry => ({ arrived: false, isMine: true, at: entry.queuedAt, outgoing: entry })),
  ];
  return entries.flatMap((entry, index) => {
    const before = entries[index - 1];
    const after = entries[index + 1];
    const startsDay = before === undefined || daysAgo(before.at) !== daysAgo(entry.at);
    const isFirstUnread = entry.arrived && entry.message.id === firstUnreadId;
    const endsHere =
      after === undefined || !belong(entry, after) || (after.arrived && after.message.id === firstUnreadId);
    const rows: TimelineRow[] = [];
    if (startsDay) rows.push({ kind: 'day', key: `day ${keyOf(entry)}`, at: entry.at });
    if (isFirstUnread) rows.push({ kind: 'unread', key: 'unread' });
    const startsGroup = startsDay || isFirstUnread || !belong(before, entry);
    rows.push({ kind: 'message', key: keyOf(entry), entry, place: { startsGroup, endsGroup: endsHere } });
    return rows;
  });
}

function belong(one: Entry, next: Entry): boolean {
  const apart = Date.parse(next.at) - Date.parse(one.at);
  return one.isMine === next.isMine && apart < groupMs && daysAgo(one.at) === daysAgo(next.at);
}

function keyOf(entry: Entry): string {
  if (!entry.arrived) return entry.outgoing.clientMessageId;
  return (entry.isMine ? entry.message.clientMessageId : undefined) ?? String(entry.message.id);
}
