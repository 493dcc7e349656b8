import { z } from 'zod';
import type { DirectorySource } from '../directory/directory.js';
import type { ImageStore } from '../images/image-store.js';

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

export function hasMethods(value: unknown, ...names: string[]): boolean {
  return isObject(value) && names.every((name) => typeof value[name] === 'function');
}

/** An object of known fields and no others. */
export function section<S extends z.ZodRawShape>(shape: S): z.ZodObject<S, z.core.$strict> {
  return z.strictObject(shape, { error: (issue) => (issue.code === 'invalid_type' ? 'must be an object' : undefined) });
}

export const directorySource = z.custom<DirectorySource>(
  (value) => typeof value === 'function' || hasMethods(value, 'findPeople', 'findAssignedDentist'),
  'must be sqlDirectory({ ... }) or an object with findPeople and findAssignedDentist',
);

export const imageStore = z.custom<ImageStore>(
  (value) => hasMethods(value, 'put', 'head', 'get', 'delete', 'signGetUrl', 'signUpload'),
  'must be an image store: s3ImageStore({ ... }), diskImageStore({ ... }) or your own',
);
