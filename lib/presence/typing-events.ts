import { z } from 'zod';
import { id } from '../parse-input.js';
import { defineEvent, type EventDeclaration } from '../plugins/socket-event.js';
import type { Typing } from './typing.js';

const input = z.object({ sessionId: id });
const nothing = z.object({});

export function typingEvents(typing: Typing): EventDeclaration[] {
  return [
    defineEvent({
      event: 'typing:start',
      summary: 'Says that the caller is typing',
      description: 'Ends by itself when it is not repeated, and when the socket goes.',
      input,
      ack: nothing,
      errors: ['chat_not_found'],
      example: { sessionId: 123 },
      handle: ({ actor, input: { sessionId }, source }) => typing.start(actor, sessionId, source.socketId),
    }),
    defineEvent({
      event: 'typing:stop',
      summary: 'Says that the caller has stopped typing',
      input,
      ack: nothing,
      errors: ['chat_not_found'],
      example: { sessionId: 123 },
      handle: ({ actor, input: { sessionId }, source }) => typing.stop(actor, sessionId, source.socketId),
    }),
  ];
}
