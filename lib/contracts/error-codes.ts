import type { ChatErrorCode } from '../errors.js';
import { bodyKindOf, type RouteDeclaration } from '../plugins/route.js';
import type { EventDeclaration } from '../plugins/socket-event.js';

/** What any call may end in. */
const anywhere: readonly ChatErrorCode[] = [
  'invalid_request',
  'internal_error',
  'database_unavailable',
  'shutting_down',
];

/** Whoever checks a token may have to ask an issuer for its keys, and the directory for the person. */
const ofToken: readonly ChatErrorCode[] = [
  'token_missing',
  'token_invalid',
  'token_expired',
  'actor_unknown',
  'issuer_unavailable',
  'directory_unavailable',
];

/** Hooks of plugins see every call of somebody known. */
const ofHooks: readonly ChatErrorCode[] = ['refused', 'rate_limited'];

const ofJson: readonly ChatErrorCode[] = ['invalid_json', 'body_too_large', 'unsupported_content_type'];
const ofForms: readonly ChatErrorCode[] = [...ofJson, 'invalid_multipart'];

/** Why a connection is refused: `data.code` of the client's `connect_error`. */
export const handshakeErrors: readonly ChatErrorCode[] = [
  ...ofToken,
  'token_in_query',
  'origin_refused',
  'too_many_connections',
  ...ofHooks,
  'internal_error',
  'database_unavailable',
  'shutting_down',
];

/** Every code that a route can answer with, sorted. */
export function errorsOfRoute(route: RouteDeclaration): ChatErrorCode[] {
  const kind = bodyKindOf(route);
  return sorted([
    ...anywhere,
    ...(route.auth === 'none' ? [] : [...ofToken, ...ofHooks]),
    ...(kind === 'none' ? [] : kind === 'form' ? ofForms : ofJson),
    ...(route.errors ?? []),
  ]);
}

/** The token was good at the handshake; whether it lasts, and its person is still there, is asked again. */
const ofPerson: readonly ChatErrorCode[] = ['token_expired', 'actor_unknown', 'directory_unavailable'];

/** Every code that an event can be refused with, sorted. */
export function errorsOfEvent(event: EventDeclaration): ChatErrorCode[] {
  return sorted([...anywhere, ...ofPerson, ...ofHooks, ...(event.errors ?? [])]);
}

function sorted(codes: readonly ChatErrorCode[]): ChatErrorCode[] {
  return [...new Set(codes)].sort();
}
