import type { Readable } from 'node:stream';
import { z } from 'zod';
import type { StoredObject, UploadTarget } from './image-store.js';

// A store's answers are read as what they are, not as what their types promise. Each reader throws a plain Error, which is
// for the log and repeats nothing of the answer: a signed URL is a secret.

const storedObject = z.object({ bytes: z.int().min(0), contentType: z.string() });

/** Printable ASCII: it goes into a header. */
const url = z.string().regex(/^[\x21-\x7e]+$/);

const texts = z.record(z.string(), z.string());
const uploadTarget = z.object({
  method: z.enum(['PUT', 'POST']),
  url,
  headers: texts,
  fields: texts.optional(),
  expiresAt: z.iso.datetime({ offset: true }),
});

export function readStoredObject(answer: unknown): StoredObject | null {
  if (answer === null || answer === undefined) return null;
  const read = storedObject.safeParse(answer);
  if (!read.success) throw new Error('head gave no { bytes, contentType }');
  return read.data;
}

export function readUrl(answer: unknown): string {
  const read = url.safeParse(answer);
  if (!read.success) throw new Error('signGetUrl gave no URL');
  return read.data;
}

/** Nothing but the fields of a target. */
export function readUploadTarget(answer: unknown): UploadTarget {
  const read = uploadTarget.safeParse(answer);
  if (!read.success) throw new Error('signUpload gave no { method, url, headers, expiresAt }');
  const { fields, ...target } = read.data;
  return fields === undefined ? target : { ...target, fields };
}

export function readBody(answer: unknown): Readable | null {
  if (answer === null || answer === undefined) return null;
  if (!isReadable(answer)) throw new Error('get gave no Readable');
  return answer;
}

/** Also one of a copy of `readable-stream`. */
function isReadable(answer: unknown): answer is Readable {
  if (typeof answer !== 'object' || answer === null) return false;
  const { destroy, on, [Symbol.asyncIterator]: iterate } = answer as Partial<Readable>;
  return [destroy, on, iterate].every((method) => typeof method === 'function');
}
