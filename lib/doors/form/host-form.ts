import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import type { Context } from 'koa';
import { z } from 'zod';
import type { ImageConfig } from '../../config/config.js';
import { chatError } from '../../errors.js';
import type { ReceivedFile } from '../../images/image.js';
import { invalid, tooMany } from './form-errors.js';
import type { Form } from './read-form.js';

/** Where the parsers that hosts use leave what they read: koa-body, formidable, @koa/multer. */
interface ParsedRequest {
  readonly body?: unknown;
  readonly files?: unknown;
}

/** Whether there is nothing left to read, because a parser of the host's own came first. */
export function hasHostRead(ctx: Context): boolean {
  const { body, files } = ctx.request as ParsedRequest;
  return files !== undefined || ctx.req.readableEnded || (body !== undefined && ctx.req.readableDidRead);
}

/** The form as the host's parser left it. Its files are its own: read, and not removed. */
export async function readHostBody(ctx: Context, fieldName: string, config: ImageConfig): Promise<Form> {
  const { body, files } = ctx.request as ParsedRequest;
  const fields = fieldsSchema.safeParse(body ?? {});
  if (!fields.success) throw invalid("the host's parser left no fields of it");
  const found = filesOf(files ?? [], fieldName);
  const maxFiles = config.store === undefined ? 0 : config.maxPerMessage;
  if (found.length > maxFiles) throw tooMany(config);
  if (found.some(({ size }) => size > config.maxBytes)) {
    throw chatError('image_too_large', { details: { maxBytes: config.maxBytes } });
  }
  return { fields: fields.data, files: await Promise.all(found.map(toReceivedFile)) };
}

const fieldsSchema = z.record(z.string(), z.unknown());

/** koa-body and formidable say `filepath`, or in old versions `path`; multer says `path`, or `buffer` in memory. */
const fileSchema = z.object({
  fieldname: z.string().optional(),
  size: z.number(),
  filepath: z.string().optional(),
  path: z.string().optional(),
  buffer: z.instanceof(Uint8Array).optional(),
});
const filesSchema = z.array(fileSchema);

type HostFile = z.output<typeof fileSchema>;

/** A list of files that know their field, or for each field its file or files. */
function filesOf(files: unknown, fieldName: string): HostFile[] {
  const byField = Array.isArray(files) ? { [fieldName]: files } : fieldsSchema.parse(files);
  return Object.entries(byField).flatMap(([name, value]) => {
    const parsed = filesSchema.safeParse(Array.isArray(value) ? value : [value]);
    if (!parsed.success) throw invalid("the host's parser left files that cannot be read");
    const foreign = parsed.data.some(({ fieldname = name }) => fieldname !== fieldName);
    if (foreign) throw invalid(`files are taken in the field "${fieldName}" alone`);
    return parsed.data;
  });
}

async function toReceivedFile({ size, buffer, filepath, path = filepath }: HostFile): Promise<ReceivedFile> {
  const hash = createHash('sha256');
  if (buffer !== undefined)
    return { source: { buffer }, bytes: buffer.length, digest: hash.update(buffer).digest('hex') };
  if (path === undefined) throw invalid("the host's parser left files that cannot be read");
  for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer);
  return { source: { path }, bytes: size, digest: hash.digest('hex') };
}
