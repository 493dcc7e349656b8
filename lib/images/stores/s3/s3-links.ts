import type { StoredObject, UploadTarget } from '../../image-store.js';
import type { ShortLivedUrl, UrlLife } from '../stable-urls.js';
import { withS3Errors } from './s3-errors.js';
import type { OpenS3 } from './s3-opener.js';
import { encryptionHeaders, encryptionParams, type S3Settings } from './s3-options.js';

export interface S3Links {
  signGet(key: string, contentType: string, life: UrlLife): Promise<ShortLivedUrl>;
  signUpload(key: string, object: StoredObject): Promise<UploadTarget>;
}

/** From here to their end, the SDK replaces credentials: what was signed with the old ones is then not handed out any more. */
const credentialsMarginMs = 300_000;

/** Links to objects in a bucket: signed by the SDK, without asking the server. */
export function createS3Links(settings: S3Settings, open: () => Promise<OpenS3>): S3Links {
  const { bucket: Bucket, prefix, urlTtlSeconds } = settings;
  let signer: { opened: OpenS3; sign: Promise<ObjectSigner> } | undefined;

  async function objectSigner(): Promise<ObjectSigner> {
    const opened = await open();
    if (signer?.opened === opened) return signer.sign;
    const made = { opened, sign: createObjectSigner(opened, Bucket) };
    signer = made;
    // Without credentials, say: another time there may be some.
    made.sign.catch(() => {
      if (signer === made) signer = undefined;
    });
    return made.sign;
  }

  return {
    signGet: (key, contentType, life) =>
      withS3Errors(undefined, async () => {
        const sign = await objectSigner();
        return sign(`${prefix}${key}`, life, {
          'response-content-type': contentType,
          'response-content-disposition': 'inline',
          'response-cache-control': `private, max-age=${urlTtlSeconds}, immutable`,
        });
      }),

    signUpload: (key, object) =>
      withS3Errors(undefined, async () => {
        const opened = await open();
        const expiresAt = new Date(Date.now() + urlTtlSeconds * 1_000).toISOString();
        const target = settings.uploadMethod === 'POST' ? signPost : signPut;
        return { ...(await target(opened, settings, `${prefix}${key}`, object)), expiresAt };
      }),
  };
}

type ObjectSigner = (key: string, life: UrlLife, query: Record<string, string>) => Promise<ShortLivedUrl>;

/**
 * Signs GET requests a dozen times faster than `getSignedUrl`, which takes a command through all the client's middleware
 * for each URL: that runs once, to learn where the bucket is, and the SDK's presigner does the rest.
 */
async function createObjectSigner({ client, sdk, presigner }: OpenS3, Bucket: string): Promise<ObjectSigner> {
  const probe = new URL(await presigner.getSignedUrl(client, new sdk.GetObjectCommand({ Bucket, Key: 'probe' })));
  const folder = probe.pathname.slice(0, -'probe'.length);
  const signer = new presigner.S3RequestPresigner({ ...client.config });

  return async (key, { signedAtMs, expiresAtMs }, query) => {
    const request = {
      method: 'GET',
      protocol: probe.protocol,
      hostname: probe.hostname,
      ...(probe.port === '' ? {} : { port: Number(probe.port) }),
      path: `${folder}${key}`,
      headers: {},
      query: { ...query, 'x-id': 'GetObject' },
    };
    // Before they sign: those that are replaced meanwhile end earlier than those that replace them.
    const { expiration } = await client.config.credentials();
    const signed = await signer.presign(request, {
      signingDate: new Date(signedAtMs),
      expiresIn: (expiresAtMs - signedAtMs) / 1_000,
    });
    const pairs = Object.entries(signed.query ?? {}).map(
      ([name, value]) => `${name}=${encodeURIComponent(String(value))}`,
    );
    return {
      url: `${probe.origin}${signed.path}?${pairs.join('&')}`,
      reuseUntilMs: expiration === undefined ? Infinity : expiration.getTime() - credentialsMarginMs,
    };
  };
}

type SignedTarget = Omit<UploadTarget, 'expiresAt'>;

/** A form whose policy lets in this one key, type and size. */
async function signPost(s3: OpenS3, settings: S3Settings, Key: string, object: StoredObject): Promise<SignedTarget> {
  const { url, fields } = await s3.post.createPresignedPost(s3.client, {
    Bucket: settings.bucket,
    Key,
    Expires: settings.urlTtlSeconds,
    Conditions: [['content-length-range', object.bytes, object.bytes]],
    // Each field becomes a condition of the policy, to the letter.
    Fields: { 'Content-Type': object.contentType, ...encryptionHeaders(settings) },
  });
  return { method: 'POST', url, headers: {}, fields };
}

/** A request whose type and size are signed headers: another type or size is another request. */
async function signPut(s3: OpenS3, settings: S3Settings, Key: string, object: StoredObject): Promise<SignedTarget> {
  const command = new s3.sdk.PutObjectCommand({
    Bucket: settings.bucket,
    Key,
    ContentType: object.contentType,
    ContentLength: object.bytes,
    ...encryptionParams(settings),
  });
  const url = await s3.presigner.getSignedUrl(s3.client, command, {
    expiresIn: settings.urlTtlSeconds,
    signableHeaders: new Set(['content-type', 'content-length', 'host']),
  });
  return { method: 'PUT', url, headers: { 'Content-Type': object.contentType, ...encryptionHeaders(settings) } };
}
