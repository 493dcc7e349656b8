import { z } from 'zod';
import { timestamp } from '../output-shapes.js';
import type { EventDeclaration } from '../plugins/socket-event.js';

export const refreshInput = z.object({ token: z.string('must be a string') });
export const refreshAck = z.object({ expiresAt: timestamp });

/** A new token for a live socket. The door handles it by itself: no handler can reach the socket. */
export const refresh: EventDeclaration = {
  event: 'auth:refresh',
  summary: 'Carries on in place with a new token of the same user',
  input: refreshInput,
  ack: refreshAck,
  errors: ['token_invalid', 'token_expired', 'actor_unknown', 'actor_mismatch', 'issuer_unavailable'],
  example: { token: 'eyJhbGciOi...' },
  handle: () => undefined,
};
