import { ackedId, type Sending } from '../journal.js';
import type { Service } from '../service.js';
import type { Stored } from '../stored.js';

/** A picture that was acked is at the object store, with its thumbnail; and no message of text has one. */
export function judgePictures({ objects }: Service, sendings: readonly Sending[], stored: readonly Stored[]): string[] {
  const faults: string[] = [];
  const byId = new Map(stored.map((row) => [row.id, row]));
  for (const sending of sendings) {
    const { content, attempts } = sending;
    const { objectKeys = [] } = byId.get(ackedId(sending) ?? 0) ?? {};
    const expected = ackedId(sending) !== undefined && attempts[0]?.door === 'picture' ? 1 : 0;
    if (objectKeys.length !== expected) faults.push(`${content}: acked with ${objectKeys.length} pictures`);
    for (const key of objectKeys.flatMap((one) => [one, `${one}-thumbnail`]))
      if (!objects.has(key)) faults.push(`${content}: acked, and ${key} is not at the object store`);
  }
  return faults;
}
