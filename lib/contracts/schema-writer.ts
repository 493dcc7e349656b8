import { z } from 'zod';

export type JsonObject = Readonly<Record<string, unknown>>;

/** Writes zod's schemas as JSON Schema, those with an id once, below `components`. */
export interface SchemaWriter {
  /** What is sent there (`input`), or what comes back (`output`). */
  write(schema: z.ZodType, direction: 'input' | 'output'): JsonObject;
  /** Properties, and which of them must be there, of an object's schema as written. */
  membersOf(written: JsonObject): Members;
  /** By name. */
  readonly named: JsonObject;
}

export interface Members {
  readonly properties: Readonly<Record<string, JsonObject>>;
  readonly required: readonly string[];
}

const prefix = '#/components/schemas/';
const localPrefix = '#/$defs/';

export function createSchemaWriter(): SchemaWriter {
  const named: Record<string, JsonObject> = {};
  const sources = new Map<string, string>();

  /** What a schema calls itself; with a number behind it where another one, of a plugin perhaps, has taken the name. */
  function nameFor(id: string, definition: unknown): string {
    const source = JSON.stringify(definition);
    let name = id;
    for (let count = 2; sources.has(name) && sources.get(name) !== source; count += 1) name = `${id}${count}`;
    sources.set(name, source);
    return name;
  }

  function write(schema: z.ZodType, direction: 'input' | 'output'): JsonObject {
    const options = { io: direction, unrepresentable: 'any', override: direction === 'input' ? plain : open } as const;
    const { $schema: _, $defs = {}, ...rest } = z.toJSONSchema(schema, options);
    const names = new Map(Object.entries($defs).map(([id, definition]) => [id, nameFor(id, definition)]));
    const point = (json: unknown): JsonObject =>
      JSON.parse(JSON.stringify(json), (key, value: unknown) =>
        key === '$ref' && typeof value === 'string' ? prefix + names.get(value.slice(localPrefix.length)) : value,
      ) as JsonObject;
    for (const [id, definition] of Object.entries($defs)) named[names.get(id) ?? id] = point(definition);
    return point(rest);
  }

  return {
    write,
    named,
    membersOf(written) {
      const { $ref } = written;
      const found = typeof $ref === 'string' ? named[$ref.slice(prefix.length)] : written;
      return { properties: {}, required: [], ...(found as Partial<Members> | undefined) };
    },
  };
}

interface Written {
  readonly jsonSchema: z.core.JSONSchema.BaseSchema;
}

/** `readOnly` would say that a field is not sent; here it means a frozen list. */
function plain({ jsonSchema }: Written): void {
  delete jsonSchema.readOnly;
}

/** Answers may get more fields with time: clients ignore what they do not know. */
function open(written: Written): void {
  plain(written);
  if (written.jsonSchema.additionalProperties === false) delete written.jsonSchema.additionalProperties;
}
