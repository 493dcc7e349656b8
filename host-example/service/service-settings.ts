import { createPublicKey } from 'node:crypto';
import { resolve } from 'node:path';
import type { SettingsReader } from '../settings-reader.js';

/** The service, configured by its environment. */
export interface ServiceSettings {
  readonly mode: 'service';
  readonly port: number;
  /** Undefined for all interfaces. */
  readonly host: string | undefined;
  /** What comes before the paths of picture URLs; undefined where the page's own origin is right. */
  readonly publicUrl: string | undefined;
  readonly databaseUrl: string;
  readonly cognito: CognitoSettings;
  readonly django: DjangoSettings;
  readonly images: ImageSettings;
  /** The other origins whose pages may use the service. */
  readonly corsOrigins: readonly string[];
  readonly redisUrl: string | undefined;
  readonly limitsRate: boolean;
}

export interface CognitoSettings {
  readonly region: string;
  readonly userPoolId: string;
  readonly clientId: readonly string[];
  readonly issuer: string | undefined;
  readonly jwksUri: string | undefined;
}

/** Just one of `secret`, `publicKey` and `jwksUri` is there. */
export interface DjangoSettings {
  readonly secret: string | undefined;
  readonly publicKey: string | undefined;
  readonly jwksUri: string | undefined;
  readonly issuer: string | undefined;
  readonly audience: string | undefined;
}

export type ImageSettings =
  | { readonly kind: 'none' }
  | { readonly kind: 'disk'; readonly dir: string }
  | { readonly kind: 's3'; readonly bucket: string; readonly region: string; readonly endpoint: string | undefined };

/** Whoever sets one of these means the service; NODE_ENV=production does too. PORT and HOST say nothing about it. */
export const serviceVariables = [
  'DATABASE_URL',
  'PUBLIC_URL',
  'COGNITO_REGION',
  'COGNITO_USER_POOL_ID',
  'COGNITO_CLIENT_ID',
  'COGNITO_ISSUER',
  'COGNITO_JWKS_URI',
  'DJANGO_SECRET_KEY',
  'DJANGO_PUBLIC_KEY',
  'DJANGO_JWKS_URI',
  'DJANGO_ISSUER',
  'DJANGO_AUDIENCE',
  'S3_BUCKET',
  'S3_REGION',
  'S3_ENDPOINT',
  'IMAGES_DIR',
  'CORS_ORIGINS',
  'REDIS_URL',
  'RATE_LIMIT',
] as const;

export function readServiceSettings(reader: SettingsReader): ServiceSettings {
  reader.required('DATABASE_URL', 'give postgres://user:password@host:5432/database');
  return {
    mode: 'service',
    port: reader.port(),
    host: reader.text('HOST'),
    publicUrl: reader.url('PUBLIC_URL', web),
    databaseUrl: reader.url('DATABASE_URL', ['postgres:', 'postgresql:']) ?? '',
    cognito: {
      region: reader.required('COGNITO_REGION', 'give the AWS region of the user pool, such as eu-central-1'),
      userPoolId: reader.required(
        'COGNITO_USER_POOL_ID',
        'give the id of the user pool, such as eu-central-1_AbCdEfGhI',
      ),
      clientId: readClientIds(reader),
      issuer: reader.url('COGNITO_ISSUER', web),
      jwksUri: reader.url('COGNITO_JWKS_URI', web),
    },
    django: readDjango(reader),
    images: readImages(reader),
    corsOrigins: readOrigins(reader),
    redisUrl: reader.url('REDIS_URL', ['redis:', 'rediss:']),
    limitsRate: reader.choice('RATE_LIMIT', ['on', 'off']) === 'on',
  };
}

const web = ['https:', 'http:'];

function readClientIds(reader: SettingsReader): readonly string[] {
  reader.required('COGNITO_CLIENT_ID', 'give the id of the app client, or several separated by commas');
  return reader.list('COGNITO_CLIENT_ID');
}

/** HS256 takes no key shorter than its hash (RFC 7518, section 3.2). */
const shortestSecretBytes = 32;

function readDjango(reader: SettingsReader): DjangoSettings {
  const secret = reader.text('DJANGO_SECRET_KEY');
  // One line in an env file is all there is: newlines are often written as \n.
  const publicKey = reader.text('DJANGO_PUBLIC_KEY')?.replaceAll('\\n', '\n');
  const jwksUri = reader.url('DJANGO_JWKS_URI', web);
  const names = ['DJANGO_SECRET_KEY', 'DJANGO_PUBLIC_KEY', 'DJANGO_JWKS_URI'];
  const given = names.filter((name) => reader.text(name) !== undefined);
  if (given.length === 0) reader.fault(`${names.join(', ')}: one of them is missing, the key of Django's tokens`);
  if (given.length > 1) reader.fault(`${given.join(' and ')} exclude each other: give one key of Django's tokens`);
  if (secret !== undefined && Buffer.byteLength(secret) < shortestSecretBytes) {
    reader.fault(`DJANGO_SECRET_KEY is too short: HS256 needs at least ${shortestSecretBytes} bytes`);
  }
  if (publicKey !== undefined && !isPublicKey(publicKey)) reader.fault('DJANGO_PUBLIC_KEY must be a public key in PEM');
  return { secret, publicKey, jwksUri, issuer: reader.text('DJANGO_ISSUER'), audience: reader.text('DJANGO_AUDIENCE') };
}

function isPublicKey(pem: string): boolean {
  try {
    // Of a private key it would make the public one; but a private key has no business here.
    return pem.includes('PUBLIC KEY') && createPublicKey(pem).type === 'public';
  } catch {
    return false;
  }
}

function readImages(reader: SettingsReader): ImageSettings {
  const dir = reader.text('IMAGES_DIR');
  const bucket = reader.text('S3_BUCKET');
  const endpoint = reader.url('S3_ENDPOINT', web);
  if (bucket !== undefined && dir !== undefined) {
    reader.fault('S3_BUCKET and IMAGES_DIR exclude each other: pictures go to one place');
  }
  if (bucket !== undefined) {
    const region = reader.required('S3_REGION', 'give the AWS region of the bucket, such as eu-central-1');
    return { kind: 's3', bucket, region, endpoint };
  }
  for (const name of ['S3_REGION', 'S3_ENDPOINT']) {
    if (reader.text(name) !== undefined) reader.fault(`${name} is of no use without S3_BUCKET`);
  }
  return dir === undefined ? { kind: 'none' } : { kind: 'disk', dir: resolve(dir) };
}

function readOrigins(reader: SettingsReader): readonly string[] {
  const origins = reader.list('CORS_ORIGINS');
  const isOrigin = (origin: string): boolean => URL.canParse(origin) && new URL(origin).origin === origin;
  if (!origins.every(isOrigin)) {
    reader.fault(
      'CORS_ORIGINS must be origins separated by commas, such as https://app.example.com (no path, no slash)',
    );
  }
  return origins;
}
