import type { ServerEventDeclaration } from '../doors/server-events.js';
import type { EventDeclaration } from '../plugins/socket-event.js';
import { about, contractVersion, license } from './about.js';
import { errorsOfEvent, handshakeErrors } from './error-codes.js';
import { describeCodes, errorSchema } from './refusals.js';
import { createSchemaWriter, type JsonObject, type SchemaWriter } from './schema-writer.js';

interface Events {
  /** Of the module and of plugins; those that declare an ack are told. */
  readonly client: Iterable<EventDeclaration>;
  readonly server: Readonly<Record<string, ServerEventDeclaration>>;
  /** Where Socket.IO answers. */
  readonly path: string;
}

/**
 * The socket events as an AsyncAPI 3 document, from the service's side: it receives what clients emit and sends the rest.
 * A message's name is its event; the reply to a client's event is its ack, the callback of `emit`.
 */
export function writeAsyncApi({ client, server, path }: Events): JsonObject {
  const writer = createSchemaWriter();
  const told = [...client].filter(({ ack }) => ack !== undefined);
  const sent = Object.entries(server);
  return {
    asyncapi: '3.0.0',
    info: { title: 'Chat: socket events', version: contractVersion, description: `${about}\n\n${handshake}`, license },
    defaultContentType: 'application/json',
    servers: {
      service: {
        host: '{host}',
        pathname: `${path}/`,
        protocol: 'wss',
        description: 'Socket.IO 4: over WebSocket or long polling, in its default namespace.',
        variables: { host: { default: 'localhost:3000', description: 'Where the service is.' } },
        security: [{ $ref: '#/components/securitySchemes/token' }],
      },
    },
    channels: {
      events: {
        title: 'Events',
        description: "What is emitted, in either direction. Who is connected is in all of their chats' rooms.",
        messages: Object.fromEntries([
          ...told.map((event) => [keyOf(event.event), clientMessage(event, writer)]),
          ...sent.map(([name, event]) => [keyOf(name), serverMessage(name, event, writer)]),
          ['connectError', connectError],
        ]) as JsonObject,
      },
      acks: {
        title: 'Acks',
        description:
          "What the callback of a client's `emit` is given. Without a callback, a refusal is a `chat:error`.",
        messages: Object.fromEntries(
          told.map((event) => [ackKeyOf(event.event), ackMessage(event, writer)]),
        ) as JsonObject,
      },
    },
    operations: Object.fromEntries([
      ...told.map(({ event, summary }) => [keyOf(event), receiving(event, summary)]),
      ...sent.map(([name, { summary }]) => [keyOf(name), sending(keyOf(name), summary)]),
      ['connectError', sending('connectError', connectError.summary)],
    ]) as JsonObject,
    components: {
      schemas: writer.named,
      securitySchemes: {
        token: {
          type: 'http',
          scheme: 'bearer',
          bearerFormat: 'JWT',
          description: '`auth: { token }` of the handshake.',
        },
      },
    },
  };
}

const handshake = `**Connecting:** give the token as \`auth: { token }\` of Socket.IO's handshake, never in the query string. A refusal is the
client's \`connect_error\`, with the error as its \`data\`. On sockets a chat's id is called \`sessionId\`.`;

const connectError = {
  name: 'connect_error',
  title: 'connect_error',
  summary: 'The connection was refused',
  description: `\`data\` of the error that \`connect_error\` brings.\n\n${describeCodes(handshakeErrors)}`,
  payload: errorSchema(handshakeErrors),
  examples: [{ payload: { code: 'token_expired', message: 'The token has expired' } }],
};

function clientMessage(
  { event, summary, description, input, example }: EventDeclaration,
  writer: SchemaWriter,
): JsonObject {
  return {
    name: event,
    title: event,
    ...(summary === undefined ? {} : { summary }),
    ...(description === undefined ? {} : { description }),
    payload: input === undefined ? {} : writer.write(input, 'input'),
    ...(example === undefined ? {} : { examples: [{ payload: example }] }),
  };
}

function serverMessage(
  name: string,
  { summary, description, payload, example }: ServerEventDeclaration,
  writer: SchemaWriter,
): JsonObject {
  return {
    name,
    title: name,
    summary,
    ...(description === undefined ? {} : { description }),
    payload: writer.write(payload, 'output'),
    examples: [{ payload: example }],
  };
}

function ackMessage(declared: EventDeclaration, writer: SchemaWriter): JsonObject {
  const { event, ack } = declared;
  const codes = errorsOfEvent(declared);
  const { properties, required } = writer.membersOf(ack === undefined ? {} : writer.write(ack, 'output'));
  const good = { type: 'object', properties: { ok: { const: true }, ...properties }, required: ['ok', ...required] };
  const bad = {
    type: 'object',
    properties: { ok: { const: false }, error: errorSchema(codes) },
    required: ['ok', 'error'],
  };
  return {
    name: event,
    title: `Ack of ${event}`,
    description: `Refusals:\n\n${describeCodes(codes)}`,
    payload: { oneOf: [good, bad] },
  };
}

function receiving(event: string, summary: string | undefined): JsonObject {
  return {
    action: 'receive',
    ...(summary === undefined ? {} : { summary }),
    channel: { $ref: '#/channels/events' },
    messages: [{ $ref: `#/channels/events/messages/${keyOf(event)}` }],
    reply: {
      channel: { $ref: '#/channels/acks' },
      messages: [{ $ref: `#/channels/acks/messages/${ackKeyOf(event)}` }],
    },
  };
}

function sending(key: string, summary: string): JsonObject {
  return {
    action: 'send',
    summary,
    channel: { $ref: '#/channels/events' },
    messages: [{ $ref: `#/channels/events/messages/${key}` }],
  };
}

/** `message:read_receipt` to `messageReadReceipt`: keys of these documents have no colons. */
function keyOf(event: string): string {
  return event.replaceAll(/[^a-zA-Z0-9]+(\w?)/g, (_, letter: string) => letter.toUpperCase());
}

function ackKeyOf(event: string): string {
  return `${keyOf(event)}Ack`;
}
