import { readFileSync } from 'node:fs';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';

// What the suite sees of the service is held against the contracts as they are committed. They are open, for fields may
// be added with time; here they are closed, so that one that nobody has written down fails the test that saw it.

interface Response {
  readonly $ref?: string;
  readonly headers?: Readonly<Record<string, unknown>>;
  readonly content?: Readonly<Record<string, unknown>>;
}

export interface Document {
  readonly paths?: Readonly<Record<string, Readonly<Record<string, { readonly responses: Record<string, Response> }>>>>;
  readonly channels?: Readonly<
    Record<string, { readonly messages: Readonly<Record<string, { readonly name: string }>> }>
  >;
  readonly operations?: Readonly<
    Record<string, { readonly action: string; readonly messages: readonly { $ref: string }[] }>
  >;
}

const ajv = new Ajv2020({ strict: false, allErrors: true });
addFormats.default(ajv);
const openapi = load('openapi.json');
const asyncapi = load('asyncapi.json');

function load(name: string): Document {
  const text = readFileSync(new URL(`../../lib/contracts/${name}`, import.meta.url), 'utf8');
  ajv.addSchema(close(JSON.parse(text)) as object, name);
  return JSON.parse(text) as Document;
}

/** The same, with no fields but those that are named. */
function close(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(close);
  if (typeof value !== 'object' || value === null) return value;
  const closed = Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, close(inner)]));
  const isShape = closed['type'] === 'object' && 'properties' in closed;
  return isShape ? { additionalProperties: false, ...closed } : closed;
}

const validators = new Map<string, ValidateFunction>();

/** What is wrong with a value, by the schema at a place of a document; undefined when nothing is. */
function faultOf(document: string, path: readonly string[], value: unknown): string | undefined {
  const pointer = path.map((key) => encodeURIComponent(key.replaceAll('~', '~0').replaceAll('/', '~1'))).join('/');
  const $ref = `${document}#/${pointer}`;
  const validate = validators.get($ref) ?? ajv.compile({ $ref });
  validators.set($ref, validate);
  return validate(value) ? undefined : ajv.errorsText(validate.errors, { dataVar: '' });
}

const operations = Object.entries(openapi.paths ?? {})
  .map(([path, methods]) => ({ path, methods, pattern: patternOf(path), variables: path.split('{').length }))
  // `/api/chats/start` before `/api/chats/{chatId}`.
  .sort((one, other) => one.variables - other.variables);

function patternOf(path: string): RegExp {
  return new RegExp(
    `^${path.replaceAll('/chat-images/{key}', '/chat-images/.+').replaceAll(/\{\w+\}/g, '[^/]+')}/?$`,
    'i',
  );
}

/** Throws for an answer of the module that its contract does not tell of. What is the host's own passes. */
export function holdAnswer(method: string, path: string, response: globalThis.Response, body: unknown): void {
  const [pathname = ''] = path.split('?');
  const found = operations.find(({ pattern }) => pattern.test(pathname));
  const responses = found?.methods[method.toLowerCase()]?.responses;
  const isJson = response.headers.get('Content-Type')?.includes('json') === true;
  // Before the module is mounted and after it is closed, its paths are the host's, who has nothing there.
  if (found === undefined || responses === undefined || (response.status === 404 && !isJson)) return;

  const name = `${method} ${found.path} answering ${response.status}`;
  const declared = responses[response.status];
  if (declared === undefined) throw new Error(`${name} is not in the contract`);
  const shared = declared.$ref?.split('/').slice(1);
  const at = shared ?? ['paths', found.path, method.toLowerCase(), 'responses', String(response.status)];
  const fault = isJson ? faultOf('openapi.json', [...at, 'content', 'application/json', 'schema'], body) : undefined;
  const missing = Object.keys(declared.headers ?? {}).filter(
    (header) => header !== 'Retry-After' && !response.headers.has(header),
  );
  if (missing.length > 0) throw new Error(`${name} is not as in the contract: no ${missing.join(', ')}`);
  if (fault !== undefined) throw new Error(`${name} is not as in the contract: ${fault}\n${JSON.stringify(body)}`);
}

const sent = placesOf(
  Object.values(asyncapi.operations ?? {})
    .filter(({ action }) => action === 'send')
    .flatMap(({ messages }) => messages.map(({ $ref }) => $ref.split('/').at(-1) ?? '')),
  'events',
);
const acked = placesOf(Object.keys(asyncapi.channels?.['acks']?.messages ?? {}), 'acks');

function placesOf(keys: readonly string[], channel: string): ReadonlyMap<string, readonly string[]> {
  const messages = asyncapi.channels?.[channel]?.messages ?? {};
  return new Map(keys.map((key) => [messages[key]?.name ?? '', ['channels', channel, 'messages', key, 'payload']]));
}

/** All that came over sockets and should not have, and was not thrown yet. */
const faults: Error[] = [];

/** Remembers what is wrong with an event of the server's, for {@link throwFaults}. */
export function holdEvent(event: string, data: unknown): void {
  hold(event, data, sent.get(event));
}

/** The same of an ack. Events of plugins pass. */
export function holdAck(event: string, answer: unknown): void {
  if (acked.has(event)) hold(`the ack of ${event}`, answer, acked.get(event));
}

function hold(what: string, data: unknown, place: readonly string[] | undefined): void {
  const fault = place === undefined ? 'it is not there' : faultOf('asyncapi.json', place, data);
  if (fault !== undefined)
    faults.push(new Error(`${what} is not as in the contract: ${fault}\n${JSON.stringify(data)}`));
}

export function throwFaults(): void {
  const [first] = faults.splice(0);
  if (first !== undefined) throw first;
}

/** Examples of a document that its own schemas do not take. */
export function exampleFaults(name: string): string[] {
  const found: string[] = [];
  const look = (value: unknown, path: readonly string[]): void => {
    if (typeof value !== 'object' || value === null) return;
    const { example, examples, schema, payload } = value as Record<string, unknown>;
    const check = (key: string, shown: unknown): void => {
      const fault = shown === undefined ? undefined : faultOf(name, [...path, key], shown);
      if (fault !== undefined) found.push(`${path.join('.')}: ${fault}`);
    };
    if (schema !== undefined) {
      check('schema', example);
      for (const one of Object.values(examples ?? {}) as { value: unknown }[]) check('schema', one.value);
    }
    if (payload !== undefined)
      for (const one of (examples ?? []) as { payload: unknown }[]) check('payload', one.payload);
    for (const [key, inner] of Object.entries(value)) look(inner, [...path, key]);
  };
  look(name === 'openapi.json' ? openapi : asyncapi, []);
  return found;
}
