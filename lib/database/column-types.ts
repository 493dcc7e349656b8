import pg from 'pg';

type TypeId = Parameters<typeof pg.types.getTypeParser>[0];
type Parser = (text: string) => unknown;

const oid = { int8: 20, int8Array: 1016, timestamptz: 1184, timestamptzArray: 1185 } as const;

/** PostgreSQL's text of a `timestamptz` (`2026-02-13 10:30:00.12+00`) as ISO 8601 UTC with milliseconds. */
export function toIsoUtc(text: string): string {
  // The module's own connections run in UTC; a host's may not, and those take the slower way.
  if (!text.endsWith('+00') || text.length > 29) return new Date(text).toISOString();
  const end = text.length - '+00'.length;
  return `${text.slice(0, 10)}T${text.slice(11, Math.min(end, 23))}${missingDigits[end] ?? ''}Z`;
}

/** What lacks of the milliseconds where PostgreSQL leaves out zeros, by where its text of the time ends. */
const missingDigits: Readonly<Record<number, string>> = { 19: '.000', 21: '00', 22: '0' };

/** Only numbers and NULL, in one dimension: thousands of ids are read many times faster than by a parser for any text. */
function toNumbers(text: string): (number | null)[] {
  return JSON.parse(`[${text.slice(1, -1).replaceAll('NULL', 'null')}]`) as (number | null)[];
}

function arrayOf(element: Parser): Parser {
  // An array of dates holds no quoted text that needs more than pg's own text[] parser.
  const parseTexts = pg.types.getTypeParser(1009 as TypeId, 'text') as (text: string) => (string | null)[];
  return (text) => parseTexts(text).map((item) => (item === null ? null : element(item)));
}

const parsers = new Map<number, Parser>([
  // Ids stay below 2^53 (checked at the doors; the sequences start at 1).
  [oid.int8, Number],
  [oid.int8Array, toNumbers],
  [oid.timestamptz, toIsoUtc],
  [oid.timestamptzArray, arrayOf(toIsoUtc)],
]);

/** How columns of hot-path statements are read, whatever parsers a host has set on its own pool. */
export const columnTypes: pg.CustomTypesConfig = {
  getTypeParser: (id: TypeId, format) => parsers.get(id) ?? (pg.types.getTypeParser(id, format) as Parser),
};
