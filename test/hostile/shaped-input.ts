import fc from 'fast-check';
import { z } from 'zod';
import { anyJson, anyText } from './hostile-values.js';

/** What is known to be right, by the name of a field: without it, hostile input would never get past the parsers. */
export type GoodValues = Readonly<Record<string, readonly unknown[]>>;

interface JsonSchema {
  readonly type?: string;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly items?: JsonSchema;
  readonly anyOf?: readonly JsonSchema[];
}

/** The fields that a schema names. */
export function fieldsOf(schema: z.ZodType | undefined): string[] {
  return Object.keys(describe(schema)?.properties ?? {});
}

/**
 * Objects as a schema wants them, as JSON text, each field of it right, hostile or missing, and fields that nobody asked
 * for. The schema is the declaration's own: a field that is added to it is attacked too.
 */
export function jsonLike(schema: z.ZodType | undefined, good: GoodValues): fc.Arbitrary<string> {
  return jsonOf('', describe(schema) ?? {}, good);
}

function describe(schema: z.ZodType | undefined): JsonSchema | undefined {
  return schema && (z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) as JsonSchema);
}

function jsonOf(name: string, { type, properties, items, anyOf }: JsonSchema, good: GoodValues): fc.Arbitrary<string> {
  if (properties !== undefined) return objectOf(properties, good);
  const known = good[name];
  if (known !== undefined) return fc.constantFrom(...known).map((value) => JSON.stringify(value));
  const object = anyOf?.find((one) => one.properties !== undefined || one.items !== undefined);
  if (object !== undefined) return jsonOf(name, object, good);
  if (type === 'array' && items !== undefined) {
    return fc.array(jsonOf(name, items, good), { maxLength: 7 }).map((parts) => `[${parts.join(',')}]`);
  }
  if (type === 'number' || type === 'integer') return fc.integer({ min: 1, max: 2_000 }).map(String);
  return anyText.map((text) => JSON.stringify(text));
}

const uninvited = fc.dictionary(fc.constantFrom('__proto__', 'constructor', 'extra', '', '\ud800'), anyJson, {
  maxKeys: 2,
  noNullPrototype: true,
});

function objectOf(properties: Readonly<Record<string, JsonSchema>>, good: GoodValues): fc.Arbitrary<string> {
  const fields = Object.entries(properties).map(([name, schema]) => {
    const value = fc.oneof(
      { weight: 6, arbitrary: jsonOf(name, schema, good) },
      { weight: 1, arbitrary: anyJson },
      { weight: 1, arbitrary: fc.constant(undefined) },
    );
    return value.map((json) => (json === undefined ? [] : [`${JSON.stringify(name)}:${json}`]));
  });
  const extra = fc.oneof({ weight: 5, arbitrary: fc.constant({}) }, { weight: 1, arbitrary: uninvited });
  return fc.tuple(fc.tuple(...fields), extra).map(([parts, others]) => {
    const added = Object.entries(others).map(([name, json]) => `${JSON.stringify(name)}:${json}`);
    return `{${[...parts.flat(), ...added].join(',')}}`;
  });
}
