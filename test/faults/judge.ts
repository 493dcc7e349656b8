import { ackedId, type Sending } from './journal.js';
import type { Follower } from './follower.js';
import type { Load } from './load.js';
import type { Service } from './service.js';

interface Stored {
  readonly id: number;
  readonly chatId: number;
  readonly content: string;
}

/** An answer is due after this, in milliseconds, whatever goes wrong. */
export const dueMs = 5_000;

/** What a run has shown; every line of `faults` is something that must not be. */
export interface Verdict {
  readonly faults: readonly string[];
  readonly stored: number;
  readonly acked: number;
  readonly retried: number;
}

/**
 * Holds what everybody knows against what the database has of after `since`, once everybody has come to an end. `excuses`
 * are what clients may have been told beside success.
 */
export async function judge(service: Service, load: Load, since: number, excuses: readonly string[]): Promise<Verdict> {
  const rows = await service.database.query<Stored>(
    `SELECT id::int, chat_id::int AS "chatId", content FROM chat.messages WHERE id > $1 ORDER BY id`,
    [since],
  );
  const sendings = load.senders.flatMap((sender) => sender.sendings);
  return {
    faults: [
      ...service.incidents.splice(0),
      ...judgeReads(load, excuses),
      ...judgeSendings(sendings, rows),
      ...judgeAnswers(sendings, excuses),
      ...load.followers.flatMap((follower) => judgeFollower(follower, rows, since)),
      ...(await judgeUnread(service)),
    ],
    stored: rows.length,
    acked: sendings.filter((sending) => ackedId(sending) !== undefined).length,
    retried: sendings.filter(({ attempts }) => attempts.length > 1).length,
  };
}

function judgeReads({ readers: { refusals } }: Load, excuses: readonly string[]): string[] {
  return refusals
    .filter(({ status, code, tookMs }) => status !== 503 || !excuses.includes(code) || tookMs > dueMs)
    .map(({ operation, status, code, tookMs }) => `${operation}: ${status} ${code} after ${tookMs.toFixed(0)} ms`);
}

function judgeSendings(sendings: readonly Sending[], rows: readonly Stored[]): string[] {
  const faults: string[] = [];
  const byContent = groupBy(rows, ({ chatId, content }) => `${chatId} ${content}`);
  for (const sending of sendings) {
    const { chatId, content, clientMessageId, attempts } = sending;
    const found = byContent.get(`${chatId} ${content}`) ?? [];
    byContent.delete(`${chatId} ${content}`);
    const id = ackedId(sending);
    const acks = attempts.flatMap(({ outcome }) => (outcome.kind === 'acked' ? [outcome.id] : []));
    if (new Set(acks).size > 1) faults.push(`${content}: acked under several ids (${acks.join(', ')})`);
    if (found.length > 1) faults.push(`${content}: there ${found.length} times`);
    if (id !== undefined && !found.some((row) => row.id === id))
      faults.push(`${content}: acked as ${id} and not there`);
    if (clientMessageId !== undefined && found.length !== 1) faults.push(`${content}: retried, and not there once`);
    const isRefused = attempts.every(({ outcome }) => outcome.kind === 'refused');
    if (isRefused && found.length > 0) faults.push(`${content}: refused, and there`);
  }
  for (const content of byContent.keys()) faults.push(`${content}: there, and nobody sent it`);
  return faults;
}

/** What clients were told, and how long it took; a picture may take longer than an answer otherwise. */
function judgeAnswers(sendings: readonly Sending[], excuses: readonly string[]): string[] {
  const faults: string[] = [];
  for (const { content, attempts } of sendings) {
    for (const { door, startedAt, endedAt, outcome } of attempts) {
      const tookMs = endedAt - startedAt;
      const told = outcome.kind === 'acked' ? undefined : outcome.kind === 'refused' ? outcome.code : outcome.why;
      if (told !== undefined && !excuses.includes(told)) faults.push(`${content}: told "${told}" (${door})`);
      if (tookMs > dueMs && door !== 'picture')
        faults.push(`${content}: an answer (${door}, ${told ?? 'ack'}) took ${tookMs.toFixed(0)} ms`);
    }
  }
  return faults;
}

/** A reader's first sight of each message is its order; nothing may appear behind what was seen before. */
function judgeFollower({ name, chatId, sightings: all }: Follower, rows: readonly Stored[], since: number): string[] {
  const faults: string[] = [];
  // What an earlier fault kept from being announced may be found by the next message of its chat, and told then.
  const sightings = all.filter(({ id }) => id > since);
  const known = new Map<number, string>();
  let newest = 0;
  const live = sightings.filter(({ by }) => by === 'live').map(({ id }) => id);
  const twice = live.filter((id, at) => live.indexOf(id) !== at);
  if (twice.length > 0) faults.push(`${name}: got ${twice.join(', ')} live more than once`);
  for (const { id, content, by } of sightings) {
    if (known.has(id)) continue;
    known.set(id, content);
    if (id < newest) faults.push(`${name}: saw ${id} (${by}) behind ${newest}`);
    newest = Math.max(newest, id);
  }
  const history = rows.filter((row) => row.chatId === chatId);
  const missing = history.filter(({ id, content }) => known.get(id) !== content).map(({ id }) => id);
  if (missing.length > 0) faults.push(`${name}: never saw ${missing.join(', ')}`);
  const strays = sightings.filter(({ id }) => !history.some((row) => row.id === id));
  for (const { id, content, by } of strays) faults.push(`${name}: saw ${id} (${by}, ${content}), which is not there`);
  return faults;
}

async function judgeUnread({ database, processes: [{ url }], chats, tokenOf }: Service): Promise<string[]> {
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
      const response = await fetch(`${url}/api/chats`, { headers: { Authorization: `Bearer ${tokenOf(person)}` } });
      const { chats: listed } = (await response.json()) as { chats: { id: number; unreadCount: number }[] };
      const told = listed.find((chat) => chat.id === id)?.unreadCount;
      if (told !== counted?.n) faults.push(`${person.name} is told of ${told} unread messages and has ${counted?.n}`);
    }
  }
  return faults;
}

/** Node 20 has no Map.groupBy. */
function groupBy<T, K>(items: readonly T[], keyOf: (item: T) => K): Map<K, T[]> {
  const groups = new Map<K, T[]>();
  for (const item of items) {
    const group = groups.get(keyOf(item));
    if (group === undefined) groups.set(keyOf(item), [item]);
    else group.push(item);
  }
  return groups;
}
