import { ackedId, type Sending } from '../journal.js';
import type { Stored } from '../stored.js';

/** What was acked is there, what was refused is not, and nothing is there twice. */
export function judgeSendings(sendings: readonly Sending[], stored: readonly Stored[]): string[] {
  const faults: string[] = [];
  const byContent = groupBy(stored, ({ chatId, content }) => `${chatId} ${content}`);
  for (const sending of sendings) {
    const { chatId, content, clientMessageId, person, attempts } = sending;
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
    for (const row of found) {
      if (row.senderType !== person || row.clientMessageId !== (clientMessageId ?? null))
        faults.push(`${content}: there as ${row.senderType}'s, under ${row.clientMessageId}`);
    }
  }
  for (const content of byContent.keys()) faults.push(`${content}: there, and nobody sent it`);
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
