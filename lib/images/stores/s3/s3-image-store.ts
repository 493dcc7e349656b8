import type { Readable } from 'node:stream';
import { parseOptions } from '../../../config/parse-options.js';
import { followSignal } from '../../../follow-signal.js';
import { withDeadline } from '../../../with-deadline.js';
import type { ImageStore } from '../../image-store.js';
import { createStableUrls } from '../stable-urls.js';
import { requireStoreKey } from '../store-key.js';
import { isMissing, withS3Errors } from './s3-errors.js';
import { createS3Links } from './s3-links.js';
import { createS3Opener } from './s3-opener.js';
import { encryptionParams, s3OptionsSchema, type S3ClientLike, type S3Credentials } from './s3-options.js';

export interface S3ImageStoreOptions {
  bucket: string;
  region: string;
  /** The URL of an S3 server that is not Amazon's; clients upload to it and load from it too. */
  endpoint?: string;
  /** Put before every key, such as `chat/`. Default none; letters, digits, `/`, `.`, `_`, `-`. */
  prefix?: string;
  /**
   * Keys, or a function that gives them. Default: the SDK's own search (environment, profile, role). A URL that was
   * signed with temporary credentials dies with them, whatever its own time to live: five minutes before, when the SDK
   * replaces them, URLs are signed anew.
   */
  credentials?: S3Credentials | (() => Promise<S3Credentials & { expiration?: Date }>);
  /** A client that the host already has: used and never closed. Then the options that would make one are left out. */
  client?: S3ClientLike;
  /** `https://host/bucket/key` instead of `https://bucket.host/key`. Default: true with an `endpoint`, else false. */
  forcePathStyle?: boolean;
  /** Asked of the server for every object. Default: what the bucket is set to. */
  serverSideEncryption?: 'AES256' | 'aws:kms';
  /** The KMS key, with `aws:kms`. Default: the bucket's, or Amazon's own. */
  kmsKeyId?: string;
  /**
   * How clients upload. `POST` (default) is a form with a policy; `PUT` a plain request with signed headers, for
   * servers without form uploads. Both hold the client to the declared type and size.
   */
  uploadMethod?: 'POST' | 'PUT';
  /**
   * When the SDK adds checksums of its own, as its `requestChecksumCalculation`. Default: `WHEN_SUPPORTED` with Amazon
   * and `POST`, else `WHEN_REQUIRED`: other servers refuse them, and a signed `PUT` cannot know its body's.
   */
  checksums?: 'WHEN_SUPPORTED' | 'WHEN_REQUIRED';
  /** How long a URL lives at least, and at most half as long again. Default 900 s; 10 to 86,400. */
  urlTtlSeconds?: number;
  /** How long one attempt of a call may take. Default 10,000 ms; 100 to 300,000. */
  timeoutMs?: number;
  /** Attempts of a call before it fails. Default 3; 1 to 10. */
  maxAttempts?: number;
}

/** Objects that are removed at the same time. */
const parallelDeletes = 8;

/**
 * Keeps images in an S3 bucket, or in any server that speaks S3 with version 4 signatures. Needs the packages
 * `@aws-sdk/client-s3`, `@aws-sdk/s3-request-presigner` and `@aws-sdk/s3-presigned-post`, loaded at the first use.
 *
 * The bucket must be private. A browser on another origin uploads only where the bucket's CORS rules let it.
 * @throws ChatSetupError for options that it cannot use. No I/O before the first use.
 */
export function s3ImageStore(options: S3ImageStoreOptions): ImageStore {
  const settings = parseOptions('s3ImageStore', s3OptionsSchema, options);
  const { bucket: Bucket, prefix, urlTtlSeconds, timeoutMs, maxAttempts } = settings;
  const opener = createS3Opener(settings);
  const links = createS3Links(settings, opener.open);
  const urlFor = createStableUrls({ urlTtlSeconds, now: () => Date.now(), sign: links.signGet });
  const keyOf = (key: string): string => `${prefix}${requireStoreKey(key)}`;

  /** One call, its retries in it, ends within this, whatever a client that the host handed in is set to. */
  const deadlineMs = timeoutMs * maxAttempts;
  const bounded = <T>(send: (options: { abortSignal: AbortSignal }) => Promise<T>, outer?: AbortSignal): Promise<T> =>
    withDeadline(deadlineMs, outer, (abortSignal) => send({ abortSignal }));

  return {
    async start() {
      await opener.open();
    },

    put: (key, body, { bytes, contentType }, outer) => {
      const { signal, release } = stopWith(body, outer);
      return withS3Errors(signal, async () => {
        const { client, sdk } = await opener.open();
        const command = new sdk.PutObjectCommand({
          Bucket,
          Key: keyOf(key),
          Body: body,
          ContentLength: bytes,
          ContentType: contentType,
          ...encryptionParams(settings),
        });
        await bounded((within) => client.send(command, within), signal);
      }).finally(release);
    },

    head: (key) =>
      withS3Errors(undefined, async () => {
        const { client, sdk } = await opener.open();
        const command = new sdk.HeadObjectCommand({ Bucket, Key: keyOf(key) });
        const found = await bounded((within) => client.send(command, within)).catch(nullIfMissing);
        return found && { bytes: found.ContentLength ?? 0, contentType: found.ContentType ?? '' };
      }),

    get: (key, signal) =>
      withS3Errors(signal, async () => {
        const { client, sdk } = await opener.open();
        const command = new sdk.GetObjectCommand({ Bucket, Key: keyOf(key) });
        const found = await bounded((within) => client.send(command, within), signal).catch(nullIfMissing);
        // On Node the body of an answer is a Readable.
        return (found?.Body as Readable | undefined) ?? null;
      }),

    delete: (keys) =>
      withS3Errors(undefined, async () => {
        const { client, sdk } = await opener.open();
        const left = keys.map(keyOf);
        // One call an object: the call for many needs a checksum that not every S3 server takes.
        const removeNext = async (): Promise<void> => {
          for (let Key = left.pop(); Key !== undefined; Key = left.pop()) {
            const command = new sdk.DeleteObjectCommand({ Bucket, Key });
            await bounded((within) => client.send(command, within)).catch(nullIfMissing);
          }
        };
        await Promise.all(Array.from({ length: parallelDeletes }, removeNext));
      }),

    signGetUrl: (key, contentType) => urlFor(requireStoreKey(key), contentType),
    signUpload: (key, object) => links.signUpload(requireStoreKey(key), object),
    close: () => opener.close(),
  };
}

function nullIfMissing(error: unknown): null {
  if (isMissing(error)) return null;
  throw error;
}

/** A signal for the body too: the SDK leaves the errors of a stream that it is given to nobody, which ends a process. */
function stopWith(body: Buffer | Readable, outer?: AbortSignal): { signal?: AbortSignal | undefined; release(): void } {
  if (Buffer.isBuffer(body)) return { signal: outer, release: () => undefined };
  const broken = new AbortController();
  body.on('error', (error) => broken.abort(error));
  const unfollow = followSignal(broken, outer);
  const release = (): void => {
    unfollow();
    // Nobody reads on what was not taken.
    body.destroy();
  };
  return { signal: broken.signal, release };
}
