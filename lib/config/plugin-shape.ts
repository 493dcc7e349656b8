import { z } from 'zod';
import { hookPoints } from '../plugins/hooks.js';
import type { Plugin } from '../plugins/plugin.js';
import { directorySource, imageStore, isObject, section } from './shapes.js';

const fn = z.custom<() => unknown>((value) => typeof value === 'function', 'must be a function');
const text = z.string('must be a string').min(1, 'must not be empty');

const hookNames = ['canCall', ...hookPoints.flatMap((point) => [`can${point}`, `before${point}`, `after${point}`])];
const hooks = section(Object.fromEntries(hookNames.map((name) => [name, fn.optional()])));

const migrations = z
  .array(z.looseObject({ name: text, sql: text }, 'must be an object'), 'must be an array of migrations')
  .refine((steps) => new Set(steps.map(({ name }) => name)).size === steps.length, 'must have names of their own');

const route = z.looseObject(
  {
    method: z.enum(['GET', 'POST', 'PUT', 'PATCH', 'DELETE'], 'must be GET, POST, PUT, PATCH or DELETE'),
    path: text.startsWith('/', 'must begin with "/"'),
    auth: z.enum(['actor', 'none'], 'must be actor or none').optional(),
    bodyKind: z.enum(['json', 'form', 'none'], 'must be json, form or none').optional(),
    handle: fn,
  },
  'must be made by defineRoute({ ... })',
);

const event = z.looseObject({ event: text, handle: fn }, 'must be made by defineEvent({ ... })');

const shape = z.looseObject(
  {
    name: text,
    version: text,
    requires: z.array(text, 'must be an array of names').optional(),
    migrations: migrations.optional(),
    routes: z.array(route, 'must be an array of routes').optional(),
    events: z.array(event, 'must be an array of events').optional(),
    hooks: hooks.optional(),
    services: section({ directory: directorySource.optional(), imageStore: imageStore.optional() }).optional(),
    start: fn.optional(),
    stop: fn.optional(),
  },
  'must be a plugin: an object with name and version',
);

/**
 * A plugin, as it was given: it may be more than the contract asks for. A hook or a service under a wrong name would
 * never run, and is refused.
 */
export const plugin = z
  .custom<Plugin>(isObject, 'must be a plugin: an object with name and version')
  .superRefine((value, context) => {
    for (const issue of shape.safeParse(value).error?.issues ?? []) context.addIssue({ ...issue, input: undefined });
  });
