import { createPrivateKey, createPublicKey, generateKeyPair, randomBytes, type KeyObject } from 'node:crypto';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { promisify } from 'node:util';

/** What the demo's two issuers sign with. */
export interface DemoKeys {
  readonly cognitoKeyId: string;
  readonly cognitoPrivateKey: KeyObject;
  readonly cognitoPublicKey: KeyObject;
  readonly djangoSecret: string;
}

interface KeysFile {
  readonly cognitoKeyId: string;
  readonly cognitoPrivateKey: string;
  readonly djangoSecret: string;
}

/** The keys of the last start, or new ones: so that a page that stayed open over a restart goes on. */
export async function loadDemoKeys(path: string): Promise<DemoKeys> {
  const file = (await readKeys(path)) ?? (await makeKeys(path));
  const cognitoPrivateKey = createPrivateKey(file.cognitoPrivateKey);
  return { ...file, cognitoPrivateKey, cognitoPublicKey: createPublicKey(cognitoPrivateKey) };
}

async function readKeys(path: string): Promise<KeysFile | undefined> {
  try {
    // Written by makeKeys, and by nobody else.
    return JSON.parse(await readFile(path, 'utf8')) as KeysFile;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}

async function makeKeys(path: string): Promise<KeysFile> {
  const { privateKey } = await promisify(generateKeyPair)('rsa', { modulusLength: 2048 });
  const file: KeysFile = {
    cognitoKeyId: randomBytes(12).toString('base64url'),
    cognitoPrivateKey: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    djangoSecret: randomBytes(48).toString('base64url'),
  };
  await mkdir(dirname(path), { recursive: true });
  // Whole or not at all: half a file would keep the demo from ever starting again.
  await writeFile(`${path}.new`, JSON.stringify(file), { mode: 0o600 });
  await rename(`${path}.new`, path);
  return file;
}
