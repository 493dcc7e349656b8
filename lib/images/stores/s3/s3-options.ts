import { z } from 'zod';
import { urlTtlSeconds } from '../store-options.js';

/** As `S3Client` of `@aws-sdk/client-s3` is, without its types: who has no S3 need not install them. */
export interface S3ClientLike {
  readonly config: object;
  send(command: never, options?: never): Promise<unknown>;
}

export interface S3Credentials {
  accessKeyId: string;
  secretAccessKey: string;
  sessionToken?: string;
}

const integer = (min: number, max: number): z.ZodNumber => {
  const problem = `must be a whole number from ${min.toLocaleString('en')} to ${max.toLocaleString('en')}`;
  return z.number(problem).int(problem).min(min, problem).max(max, problem);
};

const keys = z.object({
  accessKeyId: z.string().min(1, 'must not be empty'),
  secretAccessKey: z.string().min(1, 'must not be empty'),
  sessionToken: z.string().optional(),
});

export const s3OptionsSchema = z
  .strictObject({
    bucket: z.string('must be the name of a bucket').min(1, 'must be the name of a bucket'),
    region: z.string('must be a region, such as eu-central-1').min(1, 'must be a region, such as eu-central-1'),
    endpoint: z.url({ protocol: /^https?$/, error: 'must be an http(s) URL' }).optional(),
    prefix: z
      .string()
      .regex(/^([A-Za-z0-9][A-Za-z0-9/._-]*)?$/, 'must be letters, digits, "/", ".", "_" and "-", not begin with "/"')
      .default(''),
    credentials: z
      .union([keys, z.custom<() => Promise<S3Credentials>>((value) => typeof value === 'function')], {
        error: 'must be { accessKeyId, secretAccessKey } or a function that gives them',
      })
      .optional(),
    client: z
      .custom<S3ClientLike>(
        (value) => typeof value === 'object' && value !== null && 'send' in value && 'config' in value,
        'must be an S3Client of @aws-sdk/client-s3',
      )
      .optional(),
    forcePathStyle: z.boolean('must be true or false').optional(),
    serverSideEncryption: z.enum(['AES256', 'aws:kms'], 'must be AES256 or aws:kms').optional(),
    kmsKeyId: z.string('must be the id of a KMS key').optional(),
    uploadMethod: z.enum(['POST', 'PUT'], 'must be POST or PUT').default('POST'),
    checksums: z.enum(['WHEN_SUPPORTED', 'WHEN_REQUIRED'], 'must be WHEN_SUPPORTED or WHEN_REQUIRED').optional(),
    urlTtlSeconds,
    timeoutMs: integer(100, 300_000).default(10_000),
    maxAttempts: integer(1, 10).default(3),
  })
  .refine(({ kmsKeyId, serverSideEncryption }) => kmsKeyId === undefined || serverSideEncryption === 'aws:kms', {
    path: ['kmsKeyId'],
    error: 'needs serverSideEncryption: "aws:kms"',
  });

export type S3Settings = z.output<typeof s3OptionsSchema>;

/** Encryption as the parameters of a command. */
export function encryptionParams({ serverSideEncryption, kmsKeyId }: S3Settings) {
  return {
    ...(serverSideEncryption === undefined ? {} : { ServerSideEncryption: serverSideEncryption }),
    ...(kmsKeyId === undefined ? {} : { SSEKMSKeyId: kmsKeyId }),
  };
}

/** Encryption as the headers of a request, or the fields of a form, that a client sends itself. */
export function encryptionHeaders({ serverSideEncryption, kmsKeyId }: S3Settings): Record<string, string> {
  return {
    ...(serverSideEncryption === undefined ? {} : { 'x-amz-server-side-encryption': serverSideEncryption }),
    ...(kmsKeyId === undefined ? {} : { 'x-amz-server-side-encryption-aws-kms-key-id': kmsKeyId }),
  };
}
