import type { Service } from '../service.js';

/** Everybody is told of as many unread messages as a count finds, by each process. */
export async function judgeUnread({ database, processes, chats, tokenOf }: Service): Promise<string[]> {
  const faults: string[] = [];
  for (const { id, customer, dentist } of chats) {
    for (const [person, other] of [
      [customer, dentist],
      [dentist, customer],
    ] as const) {
      const [counted] = await database.query<{ n: number }>(
        'SELECT count(*)::int AS n FROM chat.messages WHERE chat_id = $1 AND sender_type = $2 AND read_at IS NULL',
        [id, other.type],
      );
      for (const { url } of processes) {
        const response = await fetch(`${url}/api/chats`, { headers: { Authorization: `Bearer ${tokenOf(person)}` } });
        const { chats: listed } = (await response.json()) as { chats: { id: number; unreadCount: number }[] };
        const told = listed.find((chat) => chat.id === id)?.unreadCount;
        if (told !== counted?.n) faults.push(`${person.name} is told of ${told} unread messages and has ${counted?.n}`);
      }
    }
  }
  return faults;
}
