import { inSlices } from '../in-slices.js';
import { isShared } from '../shared-answers.js';

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

/**
 * What `JSON.stringify` gives, in parts, each made in a turn of the event loop. Rejects where that throws. They are bytes,
 * which the garbage collector need not move: a megabyte of text in its young generation holds up everybody.
 */
export function toJsonParts(body: LongBody): Promise<Buffer[]> {
  if (!isShared(body)) return makeParts(body);
  const known = partsOf.get(body) ?? makeParts(body);
  partsOf.set(body, known);
  return known;
}

/** Of those that are shared. */
const partsOf = new WeakMap<LongBody, Promise<Buffer[]>>();

async function makeParts(body: LongBody): Promise<Buffer[]> {
  const parts: Buffer[] = [];
  let before = '{';
  for (const [name, value] of Object.entries(body)) {
    const json = isLongList(value) ? await listParts(value) : (JSON.stringify(value) as string | undefined);
    if (json === undefined) continue;
    parts.push(Buffer.from(`${before}${JSON.stringify(name)}:${typeof json === 'string' ? json : ''}`));
    before = ',';
    if (typeof json === 'object') parts.push(...json);
  }
  return [...parts, Buffer.from('}')];
}

async function listParts(list: readonly unknown[]): Promise<Buffer[]> {
  const parts = await inSlices(list, itemsAtOnce, async (items) => [Buffer.from(JSON.stringify(items))]);
  // `[1,2]` and `[3]` are `[1,2` and `,3]` of one list.
  for (const part of parts.slice(1)) part.write(',');
  return parts.map((part, index) => (index === parts.length - 1 ? part : part.subarray(0, -1)));
}
