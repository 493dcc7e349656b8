import { z } from 'zod';

const ttlProblem = 'must be a whole number of seconds from 10 to 86,400';

/** How long a URL lives at least. Default 900 s (15 minutes); 10 to 86,400. */
export const urlTtlSeconds = z
  .number(ttlProblem)
  .int(ttlProblem)
  .min(10, ttlProblem)
  .max(86_400, ttlProblem)
  .default(900);
