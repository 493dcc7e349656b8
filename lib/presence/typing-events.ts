import { z } from 'zod';
import { id } from '../parse-input.js';
import { defineEvent, type EventDeclaration } from '../plugins/socket-event.js';
import type { Typing } from './typing.js';

const input = z.object({ sessionId: id });

export function typingEvents(typing: Typing): EventDeclaration[] {
  return [
    defineEvent({
      event: 'typing:start',
      input,
      handle: ({ actor, input: { sessionId }, source }) => typing.start(actor, sessionId, source.socketId),
    }),
    defineEvent({
      event: 'typing:stop',
      input,
      handle: ({ actor, input: { sessionId }, source }) => typing.stop(actor, sessionId, source.socketId),
    }),
  ];
}
