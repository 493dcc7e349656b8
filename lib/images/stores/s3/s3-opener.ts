import type { S3Client } from '@aws-sdk/client-s3';
import { ChatSetupError } from '../../../errors.js';
import type { S3Settings } from './s3-options.js';

export interface OpenS3 {
  readonly client: S3Client;
  readonly sdk: typeof import('@aws-sdk/client-s3');
  readonly presigner: typeof import('@aws-sdk/s3-request-presigner');
  readonly post: typeof import('@aws-sdk/s3-presigned-post');
}

export interface S3Opener {
  /** Loads the packages and makes the client, once. */
  open(): Promise<OpenS3>;
  /** Frees the client, unless it is the host's. */
  close(): Promise<void>;
}

/** Most of a connection attempt that is worth waiting for. */
const connectTimeoutMs = 3_000;

export function createS3Opener(settings: S3Settings): S3Opener {
  let opened: Promise<OpenS3> | undefined;

  async function openOnce(): Promise<OpenS3> {
    const [sdk, presigner, post] = await loadPackages();
    // The schema saw that it has an S3Client's outside.
    const client = (settings.client as S3Client | undefined) ?? new sdk.S3Client(clientConfig(settings));
    return { client, sdk, presigner, post };
  }

  return {
    open() {
      opened ??= openOnce().catch((error: unknown) => {
        opened = undefined;
        throw error;
      });
      return opened;
    },
    async close() {
      if (settings.client === undefined) (await opened)?.client.destroy();
      opened = undefined;
    },
  };
}

function clientConfig(settings: S3Settings) {
  const { region, endpoint, credentials, timeoutMs, maxAttempts, uploadMethod } = settings;
  const checksums =
    settings.checksums ?? (endpoint === undefined && uploadMethod === 'POST' ? 'WHEN_SUPPORTED' : 'WHEN_REQUIRED');
  return {
    region,
    maxAttempts,
    requestChecksumCalculation: checksums,
    responseChecksumValidation: checksums,
    forcePathStyle: settings.forcePathStyle ?? endpoint !== undefined,
    requestHandler: {
      connectionTimeout: Math.min(timeoutMs, connectTimeoutMs),
      requestTimeout: timeoutMs,
      throwOnRequestTimeout: true,
    },
    ...(endpoint === undefined ? {} : { endpoint }),
    ...(credentials === undefined ? {} : { credentials }),
  };
}

async function loadPackages() {
  try {
    return await Promise.all([
      import('@aws-sdk/client-s3'),
      import('@aws-sdk/s3-request-presigner'),
      import('@aws-sdk/s3-presigned-post'),
    ]);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ERR_MODULE_NOT_FOUND') throw error;
    throw new ChatSetupError(
      's3ImageStore needs packages that are not installed',
      ['npm install @aws-sdk/client-s3 @aws-sdk/s3-request-presigner @aws-sdk/s3-presigned-post'],
      error,
    );
  }
}
