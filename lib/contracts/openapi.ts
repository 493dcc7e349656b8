import { errorCatalogue, type ChatErrorCode } from '../errors.js';
import type { AnswerDeclaration } from '../plugins/answer.js';
import { bodyKindOf, type RouteDeclaration } from '../plugins/route.js';
import { about, contractVersion, license } from './about.js';
import { errorsOfRoute } from './error-codes.js';
import { describeCodes, errorSchema } from './refusals.js';
import { createSchemaWriter, type JsonObject, type SchemaWriter } from './schema-writer.js';

/** The REST API as an OpenAPI 3.1 document: every route that declares its answers, of rooms, stores and plugins alike. */
export function writeOpenApi(routes: readonly RouteDeclaration[], basePath: string): JsonObject {
  const writer = createSchemaWriter();
  const paths: Record<string, Record<string, JsonObject>> = {};
  for (const route of routes) {
    if (route.answers === undefined) continue;
    const path = route.path.replaceAll(/[:*](\w+)/g, '{$1}');
    paths[path] = { ...paths[path], [route.method.toLowerCase()]: operation(route, writer) };
  }
  return {
    openapi: '3.1.0',
    info: { title: 'Chat', version: contractVersion, description: about, license },
    servers: [{ url: basePath === '' ? '/' : basePath }],
    security: [{ token: [] }],
    paths,
    components: {
      schemas: writer.named,
      responses: Object.fromEntries(
        [...usual].map(([status, codes]) => [usualName(status), refusalInFull(status, codes)]),
      ) as JsonObject,
      headers,
      securitySchemes: {
        token: {
          type: 'http',
          scheme: 'bearer',
          bearerFormat: 'JWT',
          description: 'Of any issuer that the service trusts.',
        },
      },
    },
  };
}

function operation(route: RouteDeclaration, writer: SchemaWriter): JsonObject {
  const { operationId = idOf(route), summary, description, auth } = route;
  const parameters = [
    ...parametersIn('path', route.params, writer),
    ...parametersIn('query', route.query, writer),
    ...parametersIn('header', route.headers, writer),
  ];
  return {
    operationId,
    ...(summary === undefined ? {} : { summary }),
    ...(description === undefined ? {} : { description }),
    ...(auth === 'none' ? { security: [] } : {}),
    ...(parameters.length === 0 ? {} : { parameters }),
    ...requestBody(route, writer),
    responses: responses(route, writer),
  };
}

/** `GET /api/notes/:id` without a name of its own: `getApiNotesId`. */
function idOf({ method, path }: RouteDeclaration): string {
  const words = path.split(/[^a-zA-Z0-9]+/).filter((word) => word !== '');
  return method.toLowerCase() + words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join('');
}

function parametersIn(
  place: 'path' | 'query' | 'header',
  schema: RouteDeclaration['params'],
  writer: SchemaWriter,
): JsonObject[] {
  if (schema === undefined) return [];
  const { properties, required } = writer.membersOf(writer.write(schema, 'input'));
  return Object.entries(properties).map(([name, { description, ...rest }]) => ({
    name: place === 'header' ? name.replaceAll(/\b[a-z]/g, (letter) => letter.toUpperCase()) : name,
    in: place,
    ...(description === undefined ? {} : { description }),
    ...(place === 'path' || required.includes(name) ? { required: true } : {}),
    schema: rest,
  }));
}

function requestBody(route: RouteDeclaration, writer: SchemaWriter): JsonObject {
  const kind = bodyKindOf(route);
  if (kind === 'none' || route.body === undefined) return {};
  const schema = writer.write(route.body, 'input');
  const example = route.bodyExample === undefined ? {} : { example: route.bodyExample };
  const { properties, required } = writer.membersOf(schema);
  const json = { 'application/json': { schema, ...example } };
  if (kind === 'json') return { requestBody: { required: required.length > 0, content: json } };
  const form = { type: 'object', properties: { ...properties, images: files } };
  return { requestBody: { required: true, content: { ...json, 'multipart/form-data': { schema: form } } } };
}

const files = {
  type: 'array',
  items: { type: 'string', format: 'binary' },
  description: 'Image files, 5 at most unless configured otherwise.',
};

function responses(route: RouteDeclaration, writer: SchemaWriter): JsonObject {
  const written: Record<number, JsonObject> = {};
  const refusals = byStatus(errorsOfRoute(route));
  for (const [status, codes] of refusals) written[status] = refusal(status, codes);
  for (const [status, answer] of Object.entries(route.answers ?? {})) {
    const good = goodAnswer(route, answer, writer);
    const codes = refusals.get(Number(status));
    written[Number(status)] = codes === undefined ? good : either(good, refusalInFull(Number(status), codes));
  }
  return written;
}

function goodAnswer(
  { auth }: RouteDeclaration,
  { description, body, contentType = 'application/json', headers: own = {}, example }: AnswerDeclaration,
  writer: SchemaWriter,
): JsonObject {
  const given = Object.entries(own).map(([name, says]) => [name, { description: says, schema: { type: 'string' } }]);
  const schema = body === undefined ? undefined : writer.write(body, 'output');
  const isBytes = schema === undefined && contentType !== 'application/json';
  const content = {
    [contentType]: {
      schema: schema ?? { type: 'string', format: 'binary' },
      ...(example === undefined ? {} : { example }),
    },
  };
  return {
    description,
    headers: {
      ...(auth === 'none' ? {} : { 'Cache-Control': header('NoStore') }),
      'X-Content-Type-Options': header('NoSniff'),
      ...(Object.fromEntries(given) as JsonObject),
    },
    ...(schema === undefined && !isBytes ? {} : { content }),
  };
}

function byStatus(codes: readonly ChatErrorCode[]): Map<number, ChatErrorCode[]> {
  const found = new Map<number, ChatErrorCode[]>();
  for (const code of codes) {
    const { status } = errorCatalogue[code];
    found.set(status, [...(found.get(status) ?? []), code]);
  }
  return found;
}

/** What any call with a token may end in: written once. */
const usual = byStatus(errorsOfRoute({ method: 'GET', path: '/', handle: () => ({}) }));
const usualName = (status: number): string => `Refusal${status}`;

function refusal(status: number, codes: readonly ChatErrorCode[]): JsonObject {
  const isUsual = usual.get(status)?.join() === codes.join();
  return isUsual ? { $ref: `#/components/responses/${usualName(status)}` } : refusalInFull(status, codes);
}

function refusalInFull(status: number, codes: readonly ChatErrorCode[]): JsonObject {
  const examples = codes.map((code) => [code, { value: { error: { code, message: errorCatalogue[code].message } } }]);
  return {
    description: describeCodes(codes),
    headers: {
      'Cache-Control': header('NoStore'),
      ...(status === 401 ? { 'WWW-Authenticate': header('Bearer') } : {}),
      ...(status === 429 || status === 503 ? { 'Retry-After': header('RetryAfter') } : {}),
    },
    content: {
      'application/json': {
        schema: { type: 'object', properties: { error: errorSchema(codes) }, required: ['error'] },
        examples: Object.fromEntries(examples) as JsonObject,
      },
    },
  };
}

/** Of a status that is an answer of the route's own and a refusal of the door's. */
function either(good: JsonObject, bad: JsonObject): JsonObject {
  const schemaOf = ({ content }: JsonObject) => (content as Media | undefined)?.['application/json'].schema;
  return {
    description: `${String(good['description'])}\n\n${String(bad['description'])}`,
    headers: { ...(bad['headers'] as JsonObject), ...(good['headers'] as JsonObject) },
    content: { 'application/json': { schema: { anyOf: [schemaOf(good), schemaOf(bad)] } } },
  };
}

interface Media {
  readonly 'application/json': { readonly schema: JsonObject };
}

const header = (name: keyof typeof headers) => ({ $ref: `#/components/headers/${name}` });

const text = { type: 'string' };
const headers = {
  NoStore: { description: 'Nobody keeps what is personal.', schema: { ...text, const: 'no-store' } },
  NoSniff: { description: 'The content type holds.', schema: { ...text, const: 'nosniff' } },
  Bearer: { description: 'What is missing.', schema: { ...text, const: 'Bearer' } },
  RetryAfter: {
    description: 'Seconds until a retry makes sense, where that is known.',
    schema: { type: 'integer', minimum: 0 },
  },
};
