import { z } from 'zod';
import { personTypes } from './auth/actor.js';
import { errorCatalogue, type ChatErrorCode } from './errors.js';

// Schemas of what goes out. They give its types and describe it in the contracts; at run time nothing is parsed by them.

export const timestamp = z
  .string()
  .meta({ format: 'date-time', description: 'ISO 8601, in UTC.', examples: ['2026-02-13T10:30:00.000Z'] });

export const personType = z.enum(personTypes);

/** What a client sees of an error. */
export const publicError = z
  .object({
    code: z.enum(Object.keys(errorCatalogue) as ChatErrorCode[]),
    message: z.string(),
    details: z.record(z.string(), z.unknown()).optional(),
  })
  .meta({ id: 'Error', description: 'The same over HTTP and on sockets. The codes are a closed list.' });
