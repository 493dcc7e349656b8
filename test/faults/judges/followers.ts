import type { Follower } from '../follower.js';
import type { Stored } from '../stored.js';

/**
 * A follower's first sight of each message is its order; nothing may appear behind what was seen before. It has seen the
 * whole chat in the end, as it is, and nothing of anybody else's.
 */
export function judgeFollower(follower: Follower, stored: readonly Stored[], since: number): string[] {
  const { name, chatId, strays, sightings: all } = follower;
  const faults = strays.map((stray) => `${name}: was told ${stray}`);
  // What an earlier fault kept from being announced may be found by the next message of its chat, and told then.
  const sightings = all.filter(({ id }) => id > since);
  const known = new Set<number>();
  let newest = 0;
  const live = sightings.filter(({ by }) => by === 'live').map(({ id }) => id);
  const twice = live.filter((id, at) => live.indexOf(id) !== at);
  if (twice.length > 0) faults.push(`${name}: got ${twice.join(', ')} live more than once`);
  const history = new Map(stored.filter((row) => row.chatId === chatId).map((row) => [row.id, row]));
  for (const { id, content, senderType, clientMessageId = null, by } of sightings) {
    const row = history.get(id);
    if (row === undefined) faults.push(`${name}: saw ${id} (${by}, ${content}), which is not there`);
    else if (row.content !== content || row.senderType !== senderType || row.clientMessageId !== clientMessageId)
      faults.push(`${name}: saw ${id} (${by}) as ${content} of a ${senderType}, under ${clientMessageId}`);
    if (known.has(id)) continue;
    known.add(id);
    if (id < newest) faults.push(`${name}: saw ${id} (${by}) behind ${newest}`);
    newest = Math.max(newest, id);
  }
  const missing = [...history.keys()].filter((id) => !known.has(id));
  if (missing.length > 0) faults.push(`${name}: never saw ${missing.join(', ')}`);
  return faults;
}
