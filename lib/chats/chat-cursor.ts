/** Where a page of a list of chats ended: the last chat's time of activity and, among equals, its id. */
export interface ChatCursor {
  /** ISO 8601 UTC with milliseconds, which is all that the column holds. */
  readonly updatedAt: string;
  readonly id: number;
}

/** The end of the year 9999: PostgreSQL reads no ISO 8601 date with a longer year. */
const latestTime = Date.UTC(10_000, 0) - 1;

export function formatChatCursor({ updatedAt, id }: ChatCursor): string {
  return `${Date.parse(updatedAt)}-${id}`;
}

/** Undefined for anything that {@link formatChatCursor} has not made. */
export function parseChatCursor(text: string): ChatCursor | undefined {
  const [, time, id] = /^(\d{1,15})-([1-9]\d{0,15})$/.exec(text) ?? [];
  const cursor = { time: Number(time), id: Number(id) };
  if (time === undefined || !Number.isSafeInteger(cursor.id) || cursor.time > latestTime) return undefined;
  return { updatedAt: new Date(cursor.time).toISOString(), id: cursor.id };
}
