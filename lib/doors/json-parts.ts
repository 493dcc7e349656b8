import { inSlices } from '../in-slices.js';

/** Items of a list that are written in one turn of the event loop: some tenths of a millisecond. */
const itemsAtOnce = 100;

/** An object with a list of many items. */
export type LongBody = Readonly<Record<string, unknown>>;

/** Whether an answer takes so long to be written that others should be served meanwhile. */
export function isLong(body: unknown): body is LongBody {
  if (typeof body !== 'object' || body === null || Object.getPrototypeOf(body) !== Object.prototype) return false;
  return !('toJSON' in body) && Object.values(body).some(isLongList);
}

function isLongList(value: unknown): value is readonly unknown[] {
  return Array.isArray(value) && value.length > itemsAtOnce;
}

/** What `JSON.stringify` gives, in parts, each made in a turn of the event loop. Rejects where that throws. */
export async function toJsonParts(body: LongBody): Promise<string[]> {
  const parts: string[] = [];
  let before = '{';
  for (const [name, value] of Object.entries(body)) {
    const json = isLongList(value) ? await listParts(value) : (JSON.stringify(value) as string | undefined);
    if (json === undefined) continue;
    parts.push(`${before}${JSON.stringify(name)}:`);
    before = ',';
    if (typeof json === 'string') parts.push(json);
    else for (const part of json) parts.push(part);
  }
  return [...parts, '}'];
}

async function listParts(list: readonly unknown[]): Promise<string[]> {
  const parts = await inSlices(list, itemsAtOnce, async (items) => [JSON.stringify(items).slice(1, -1)]);
  return ['[', ...parts.map((part, index) => (index === 0 ? part : `,${part}`)), ']'];
}
