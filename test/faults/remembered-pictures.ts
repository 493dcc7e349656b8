import type { Service } from './service.js';

/** A picture has two signed URLs, of which a process remembers 20,000 at most. */
const pictures = 10_000;
const perMessage = 5;
const perPage = 100;

/**
 * Writes as many as fill what processes remember of pictures. In a soak alone that would fill for half an hour, and look
 * like a leak for as long. Past the service, for only the rows are needed to sign; so while there is no process, which
 * would find messages that nobody has told it of.
 */
export async function writePictures({ database, chats: [chat] }: Service): Promise<void> {
  if (chat === undefined) throw new Error('the service has no chats');
  const { id, customer } = chat;
  await database.query(
    `WITH sent AS (
       INSERT INTO chat.messages (id, chat_id, sender_type, sender_id, content, image_count, created_at, read_at)
       SELECT nextval('chat.message_ids'), $1, 'customer', $2, '', $4::int, now(), now() FROM generate_series(1, $3::int / $4::int)
       RETURNING id
     ), seen AS (
       INSERT INTO chat.images (key, chat_id, uploader_type, uploader_id, message_id, position, content_type, bytes,
                                object_key, width, height, expires_at)
       SELECT 'seen/' || sent.id || '/' || position, $1, 'customer', $2, sent.id, position, 'image/png', 70,
              'chats/' || $1::bigint || '/' || gen_random_uuid() || '.png', 1, 1, now() + interval '1 day'
         FROM sent, generate_series(0, $4::int - 1) AS position
     )
     UPDATE chat.chats SET last_message_id = (SELECT max(id) FROM sent) WHERE id = $1`,
    [id, customer.id, pictures, perMessage],
  );
}

/** Each process signs them all. */
export async function signPictures({ processes, chats: [chat], tokenOf }: Service): Promise<void> {
  if (chat === undefined) throw new Error('the service has no chats');
  const { id, customer } = chat;
  const headers = { Authorization: `Bearer ${tokenOf(customer)}` };
  for (const { url } of processes) {
    let cursor: string | null = null;
    for (let page = 0; page < pictures / perMessage / perPage; page += 1) {
      const before: string = cursor === null ? '' : `&before=${cursor}`;
      const response = await fetch(`${url}/api/chats/${id}/messages?limit=${perPage}${before}`, { headers });
      if (!response.ok) throw new Error(`a page of pictures was answered with ${response.status}`);
      cursor = ((await response.json()) as { nextCursor: string | null }).nextCursor;
    }
  }
}
