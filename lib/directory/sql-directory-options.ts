import type { Sequelize } from 'sequelize';
import { z } from 'zod';
import type { DirectoryContext } from './directory.js';

const name = z
  .string('must be a name')
  .refine(
    (value) => value !== '' && Buffer.byteLength(value) <= 63 && !value.includes('\0'),
    'must have 1 to 63 bytes',
  );

const peopleTable = {
  table: name,
  schema: name.optional(),
  id: name.default('id'),
  name: z
    .union([name.transform((one) => [one]), z.array(name).min(1)], 'must be a name or a list of names, not empty')
    .default(['name']),
  email: name.nullable().default('email'),
  login: name.optional(),
};

/** What `sqlDirectory` takes, with every default filled in. */
export const sqlDirectoryOptions = z
  .strictObject(
    {
      customers: z.strictObject({ ...peopleTable, dentist: name.default('dentist_id') }, 'must be an object'),
      dentists: z.strictObject(peopleTable, 'must be an object'),
      sequelize: z
        .custom<Sequelize>(
          (value) => hasMethod(value, 'query') && hasMethod(value, 'getDialect'),
          'must be a Sequelize instance',
        )
        .refine((sequelize) => sequelize.getDialect() === 'postgres', 'must be of the postgres dialect')
        .optional(),
      query: z
        .custom<DirectoryContext['query']>((value) => typeof value === 'function', 'must be a function')
        .optional(),
    },
    'must be an object',
  )
  .refine(
    ({ sequelize, query }) => sequelize === undefined || query === undefined,
    'give either sequelize or query, not both',
  );

type Settings = z.output<typeof sqlDirectoryOptions>;
export type TableSettings = Settings['dentists'];
export type CustomersSettings = Settings['customers'];

function hasMethod(value: unknown, method: string): boolean {
  return (
    typeof value === 'object' && value !== null && typeof (value as Record<string, unknown>)[method] === 'function'
  );
}
