/** As much of an AsyncAPI 3 document as is shown here. */
export interface EventsDocument {
  readonly info: { readonly description: string };
  readonly channels: Readonly<Record<string, { readonly messages: Readonly<Record<string, EventMessage>> }>>;
  readonly operations: Readonly<Record<string, EventOperation>>;
  readonly components: { readonly schemas: Readonly<Record<string, Schema>> };
}

export interface EventMessage {
  readonly name: string;
  readonly description?: string;
  readonly payload: Schema;
  readonly examples?: readonly { readonly payload: unknown }[];
}

export interface EventOperation {
  readonly action: 'send' | 'receive';
  readonly summary?: string;
  readonly messages: readonly Reference[];
  readonly reply?: { readonly messages: readonly Reference[] };
}

interface Reference {
  readonly $ref: string;
}

export interface Schema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly format?: string;
  readonly description?: string;
  readonly items?: Schema;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly oneOf?: readonly Schema[];
  readonly anyOf?: readonly Schema[];
}

/** What a JSON pointer of the document leads to. */
export function follow<T>(document: EventsDocument, { $ref }: Reference): T {
  let found: unknown = document;
  for (const key of $ref.slice(2).split('/')) found = (found as Record<string, unknown>)[key];
  return found as T;
}

/** A schema, and the name it has where it is one that others share. */
export function resolve(document: EventsDocument, schema: Schema): Schema {
  return schema.$ref === undefined ? schema : { ...follow<Schema>(document, { $ref: schema.$ref }), ...schema };
}
