import multer from '@koa/multer';
import type { Context, Middleware, Next } from 'koa';
import type { Options, StorageEngine } from 'multer';
import type { ImageConfig } from '../../config/config.js';
import { chatError } from '../../errors.js';
import { hasHostRead, readHostBody } from './host-form.js';
import type { ReceivedFile } from '../../images/image.js';
import { toFormError } from './form-errors.js';
import { createSpool, type SpooledFile } from './form-spool.js';
import { isFull, withTempFolder } from '../../temp-folders.js';

/** A multipart request, read. */
export interface Form {
  /** The text fields, unparsed. */
  readonly fields: Readonly<Record<string, unknown>>;
  /** The files of the field `images`, in order. Gone once the request is answered. */
  readonly files: readonly ReceivedFile[];
}

/** The field of the files. */
const fieldName = 'images';
/** Text fields of a message, with room for some that a client adds of its own. */
const maxFields = 10;
/** The longest content that can be configured, in UTF-8. */
const maxFieldBytes = 320 * 1024;
/** What the parts' headers and the boundaries take at most, beside fields and files. */
const overheadBytes = 64 * 1024;

/**
 * Reads `multipart/form-data`: text fields into `ctx.request.body`, where the door finds them, and the files of the field
 * `images` onto disk, for as long as the request lasts. JSON passes, for the door to read; anything else is 415. A body
 * that the host's own parser has read already is taken as it is.
 * @throws ChatError `unsupported_content_type`, `too_many_images`, `image_too_large`, `invalid_multipart`,
 *   `message_too_long`.
 */
export function readForm(config: ImageConfig): Middleware {
  return async (ctx, next) => {
    const type = ctx.request.type.toLowerCase();
    if (type === 'multipart/form-data') {
      if (hasHostRead(ctx)) await pass(ctx, await readHostBody(ctx, fieldName, config), next);
      else await withTempFolder(config.tempDir, (folder) => read(ctx, config, folder, next));
    } else if (ctx.is(type) === null || type === 'application/json' || /^application\/[\w.-]+\+json$/.test(type)) {
      await next();
    } else {
      throw chatError('unsupported_content_type', { details: { expected: 'multipart/form-data or application/json' } });
    }
  };
}

/** The files of a request that {@link readForm} has read; none where it was not multipart. */
export function filesOf(ctx: Context): readonly ReceivedFile[] {
  return bodies.get(ctx)?.files ?? [];
}

const bodies = new WeakMap<Context, Form>();

async function pass(ctx: Context, body: Form, next: Next): Promise<void> {
  bodies.set(ctx, body);
  (ctx.request as { body?: unknown }).body = body.fields;
  await next();
}

async function read(ctx: Context, config: ImageConfig, folder: string, next: Next): Promise<void> {
  const maxFiles = config.store === undefined ? 0 : config.maxPerMessage;
  const largest = maxFiles * config.maxBytes + maxFields * maxFieldBytes + overheadBytes;
  if ((ctx.request.length ?? 0) > largest)
    throw chatError('image_too_large', { details: { maxBytes: config.maxBytes } });

  const spool = createSpool(folder);
  const parse = multer(formOptions(config, maxFiles, spool.storage)).array(fieldName, maxFiles);
  try {
    await parse(ctx, () => Promise.resolve());
  } catch (error) {
    throw isFull(error) ? error : toFormError(error, fieldName, config);
  } finally {
    // Before the folder goes: an upload that was cut off may be writing still.
    await spool.settled();
  }
  const { body, files } = ctx.request as { body?: Record<string, unknown>; files?: readonly SpooledFile[] };
  await pass(ctx, { fields: body ?? {}, files: files ?? [] }, next);
}

/** Every limit that there is. The types of @koa/multer lag behind those of multer, which it hands this to as it is. */
function formOptions({ maxBytes }: ImageConfig, maxFiles: number, storage: StorageEngine): multer.Options {
  const options: Options = {
    storage,
    defParamCharset: 'utf8',
    limits: {
      files: maxFiles,
      fileSize: maxBytes,
      fields: maxFields,
      fieldSize: maxFieldBytes,
      fieldNameSize: 100,
      // Names are flat: brackets would build objects and arrays.
      fieldNestingDepth: 0,
      fieldArrayIndexLimit: 0,
      parts: maxFiles + maxFields,
      headerPairs: 20,
    },
  };
  return options as object;
}
