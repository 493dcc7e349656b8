import type { ChatErrorCode } from '../../lib/index.js';
import type { Place, Role, Standing } from './scene.js';

/** What a call comes to: it is answered, or it is refused with a code. */
export type Verdict = 'ok' | ChatErrorCode;

/** Whose place a call is about. */
export type Whose = 'own' | 'foreign' | 'absent';

/** One call of a route or an event, and what becomes of it. Whoever is turned away at the door needs no word here. */
export interface Row {
  readonly title: string;
  /** In the own place, by what it is to the caller. A former dentist is a stranger there unless it says otherwise. */
  readonly own: Verdict | Partial<Record<Standing, Verdict>>;
  /** In the place of others; left out where a call is about no place. */
  readonly foreign?: Verdict;
  readonly absent?: Verdict;
  /** For everybody, with a token or without. */
  readonly always?: Verdict;
}

export interface RouteRow extends Row {
  readonly path: (place: Place, role: Role) => string;
  /** JSON, or a form. */
  readonly body?: (place: Place, role: Role) => unknown;
  readonly status?: number;
}

export interface EventRow extends Row {
  readonly input: (place: Place, role: Role) => unknown;
}

const hidden = { foreign: 'chat_not_found', absent: 'chat_not_found' } as const;
const refusedToStrangers = { foreign: 'not_participant', absent: 'chat_not_found' } as const;

/** The newest of the other side, and of one's own. */
const received = (place: Place, { standing }: Role): number =>
  standing.endsWith('dentist') ? place.customers : place.dentists;
const written = (place: Place, { standing }: Role): number =>
  standing.endsWith('dentist') ? place.dentists : place.customers;

const sendVerdicts = { customer: 'ok', dentist: 'ok', 'former customer': 'chat_closed' } as const;
const keyVerdicts = { ...sendVerdicts, customer: 'image_key_invalid', dentist: 'image_key_invalid' } as const;

/** By route, as the registrar has it. */
export const routeRows: Readonly<Record<string, readonly RouteRow[]>> = {
  'GET /health': [{ title: 'the health check', path: () => '/health', own: 'ok', always: 'ok' }],
  'GET /api/contracts/openapi.json': [
    { title: 'the contract of the routes', path: () => '/api/contracts/openapi.json', own: 'ok', always: 'ok' },
  ],
  'GET /api/contracts/asyncapi.json': [
    { title: 'the contract of the events', path: () => '/api/contracts/asyncapi.json', own: 'ok', always: 'ok' },
  ],
  'GET /api/chats': [{ title: 'the list', path: () => '/api/chats', own: { 'former dentist': 'ok' } }],
  'POST /api/chats/start': [
    {
      title: 'a start',
      path: () => '/api/chats/start',
      own: {
        customer: 'chat_already_exists',
        // The chat with the dentist who follows; the second time it is there.
        'former customer': 'ok',
        dentist: 'customers_only',
        'former dentist': 'customers_only',
      },
    },
  ],
  'GET /api/chats/:chatId': [{ title: 'a chat', path: ({ chatId }) => `/api/chats/${chatId}`, own: 'ok', ...hidden }],
  'GET /api/chats/:chatId/messages': [
    { title: 'a page', path: ({ chatId }) => `/api/chats/${chatId}/messages`, own: 'ok', ...hidden },
  ],
  'POST /api/chats/:chatId/messages': [
    {
      title: 'a message',
      path: ({ chatId }) => `/api/chats/${chatId}/messages`,
      body: () => ({ content: 'Hello' }),
      own: sendVerdicts,
      ...refusedToStrangers,
    },
    {
      title: 'a message as a form',
      path: ({ chatId }) => `/api/chats/${chatId}/messages`,
      body() {
        const form = new FormData();
        form.append('content', 'Hello');
        return form;
      },
      own: sendVerdicts,
      ...refusedToStrangers,
    },
    {
      title: 'a message with a picture of somebody else',
      path: ({ chatId }) => `/api/chats/${chatId}/messages`,
      body: (_, { foreign }) => ({ imageUrls: [foreign.upload] }),
      own: keyVerdicts,
      ...refusedToStrangers,
    },
  ],
  'POST /api/chats/:chatId/messages/:messageId/read': [
    {
      title: 'a receipt for a message of the other',
      path: (place, role) => `/api/chats/${place.chatId}/messages/${received(place, role)}/read`,
      own: 'ok',
      ...hidden,
    },
    {
      title: 'a receipt for a message of one’s own',
      path: (place, role) => `/api/chats/${place.chatId}/messages/${written(place, role)}/read`,
      own: 'own_message',
      ...hidden,
    },
    {
      title: 'a receipt for a message of another chat',
      path: ({ chatId }, { foreign }) => `/api/chats/${chatId}/messages/${foreign.dentists}/read`,
      own: 'message_not_found',
      absent: 'chat_not_found',
    },
  ],
  'POST /api/chats/:chatId/read': [
    {
      title: 'a receipt for all',
      path: ({ chatId }) => `/api/chats/${chatId}/read`,
      body: () => ({}),
      own: 'ok',
      ...hidden,
    },
    {
      title: 'a receipt up to a message of another chat, which is but a bound',
      path: ({ chatId }) => `/api/chats/${chatId}/read`,
      body: (_, { foreign }) => ({ upTo: foreign.dentists }),
      own: 'ok',
      ...hidden,
    },
  ],
  'POST /api/chats/:chatId/uploads': [
    {
      title: 'an upload',
      path: ({ chatId }) => `/api/chats/${chatId}/uploads`,
      body: () => ({ images: [{ contentType: 'image/png', bytes: 100 }] }),
      own: sendVerdicts,
      ...refusedToStrangers,
    },
  ],
  'GET /api/chats/:chatId/images/:imageId': [
    {
      title: 'a picture',
      path: ({ chatId, imageId }) => `/api/chats/${chatId}/images/${imageId}`,
      own: 'ok',
      ...hidden,
    },
    {
      title: 'a picture of another chat',
      path: ({ chatId }, { foreign }) => `/api/chats/${chatId}/images/${foreign.imageId}`,
      own: 'image_not_found',
      absent: 'chat_not_found',
    },
  ],
  'GET /api/chat-images/*key': [unsigned()],
  'PUT /api/chat-images/*key': [unsigned()],
};

/** By event, as the registrar has it. */
export const eventRows: Readonly<Record<string, readonly EventRow[]>> = {
  'message:send': [
    {
      title: 'a message',
      input: ({ chatId }) => ({ sessionId: chatId, content: 'Hello' }),
      own: sendVerdicts,
      ...refusedToStrangers,
    },
    {
      title: 'a message with a picture of somebody else',
      input: ({ chatId }, { foreign }) => ({ sessionId: chatId, imageUrls: [foreign.upload] }),
      own: keyVerdicts,
      ...refusedToStrangers,
    },
  ],
  'message:read': [
    {
      title: 'a receipt for a message of the other',
      input: (place, role) => ({ sessionId: place.chatId, messageId: received(place, role) }),
      own: 'ok',
      ...hidden,
    },
    {
      title: 'a receipt for a message of one’s own',
      input: (place, role) => ({ sessionId: place.chatId, messageId: written(place, role) }),
      own: 'own_message',
      ...hidden,
    },
    {
      title: 'a receipt for a message of another chat',
      input: ({ chatId }, { foreign }) => ({ sessionId: chatId, messageId: foreign.dentists }),
      own: 'message_not_found',
      absent: 'chat_not_found',
    },
  ],
  'chat:read': [
    { title: 'a receipt for all', input: ({ chatId }) => ({ sessionId: chatId }), own: 'ok', ...hidden },
    {
      title: 'a receipt up to a message of another chat, which is but a bound',
      input: ({ chatId }, { foreign }) => ({ sessionId: chatId, upTo: foreign.dentists }),
      own: 'ok',
      ...hidden,
    },
  ],
  'typing:start': [{ title: 'typing', input: ({ chatId }) => ({ sessionId: chatId }), own: 'ok', ...hidden }],
  'typing:stop': [{ title: 'no more typing', input: ({ chatId }) => ({ sessionId: chatId }), own: 'ok', ...hidden }],
  'auth:refresh': [
    { title: 'what is no token', input: () => ({ token: 'e30.e30.e30' }), own: { 'former dentist': 'token_invalid' } },
    { title: 'a token of one’s own', input: (_, { tokens }) => ({ token: tokens.own }), own: 'ok' },
    {
      title: 'a token of somebody else',
      input: (_, { tokens }) => ({ token: tokens.other }),
      own: { 'former dentist': 'actor_mismatch' },
    },
  ],
};

/** Whoever has the link may follow it, and nobody without. */
function unsigned(): RouteRow {
  const verdict = 'signature_invalid';
  return { title: 'a link without its signature', path: () => '/api/chat-images/a/key', own: verdict, always: verdict };
}

/** What a call comes to for a role, about one of the places. */
export function verdictFor(row: Row, role: Role, whose: Whose): Verdict {
  if (row.always !== undefined) return row.always;
  if (role.turnedAway !== undefined) return role.turnedAway;
  const stranger = row.foreign ?? row.absent ?? 'ok';
  if (whose !== 'own') return (whose === 'foreign' ? row.foreign : row.absent) ?? stranger;
  const isStranger = role.standing === 'former dentist';
  if (typeof row.own === 'string') return isStranger ? stranger : row.own;
  return row.own[role.standing] ?? (isStranger ? stranger : Object.values(row.own)[0]) ?? 'ok';
}

/** The places that a row speaks of. */
export function placesOf(row: Row): readonly Whose[] {
  return [
    'own',
    ...(row.foreign === undefined ? [] : (['foreign'] as const)),
    ...(row.absent === undefined ? [] : (['absent'] as const)),
  ];
}
