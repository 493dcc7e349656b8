import { randomBytes } from 'node:crypto';
import { CreateBucketCommand, ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3';
import type { S3ImageStoreOptions } from '../../../lib/index.js';

/** The S3 server to test with. Without it what needs one is pending. */
export const s3Endpoint = process.env['S3_TEST_ENDPOINT'];

export const s3Credentials = {
  accessKeyId: process.env['S3_TEST_ACCESS_KEY'] ?? 'AK',
  secretAccessKey: process.env['S3_TEST_SECRET_KEY'] ?? 'SK123456',
};

export type BucketOptions = Pick<S3ImageStoreOptions, 'bucket' | 'region' | 'endpoint'> & {
  credentials: typeof s3Credentials;
};

/** Makes all tests of a `describe` pending, for all to see, where no S3 server is given. */
export function itNeedsS3(): void {
  before(function () {
    if (s3Endpoint === undefined || s3Endpoint === '') this.skip();
  });
}

/** A bucket of the test's own. */
export async function makeBucket(): Promise<BucketOptions> {
  if (s3Endpoint === undefined) throw new Error('S3_TEST_ENDPOINT is not set');
  const bucket = `koa-chat-test-${randomBytes(6).toString('hex')}`;
  const options = { bucket, region: 'us-east-1', endpoint: s3Endpoint, credentials: s3Credentials };
  const client = clientOf(options);
  await client.send(new CreateBucketCommand({ Bucket: bucket }));
  client.destroy();
  return options;
}

export function clientOf({ region, endpoint, credentials }: BucketOptions): S3Client {
  const checksums = {
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
  } as const;
  const server = endpoint === undefined ? {} : { endpoint };
  return new S3Client({ region, credentials, forcePathStyle: true, ...server, ...checksums });
}

export async function listKeys(options: BucketOptions, client = clientOf(options)): Promise<(string | undefined)[]> {
  const { Contents = [] } = await client.send(new ListObjectsV2Command({ Bucket: options.bucket }));
  return Contents.map(({ Key }) => Key);
}
