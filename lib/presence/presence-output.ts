import { z } from 'zod';
import { personType } from '../output-shapes.js';
import { id } from '../parse-input.js';

/** `user:online` and `user:offline` */
export const personInSession = z
  .object({ sessionId: id, userId: id, userType: personType })
  .meta({ id: 'PersonInSession', description: 'The other participant of a chat.' });

/** `typing:indicator` */
export const typingIndicator = z
  .object({ ...personInSession.shape, isTyping: z.boolean() })
  .meta({ id: 'TypingIndicator' });
