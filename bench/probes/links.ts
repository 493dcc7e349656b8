import { s3ImageStore } from '../../lib/index.js';
import { serveCalls } from '../programs/serve-calls.js';

// Signs links to pictures in S3 as a page of messages does. Signing asks no server.

export type LinkCalls = {
  /** Links a second to pictures never seen before, and to the same ones again. */
  sign: (count: number) => Promise<{ firstPerSecond: number; againPerSecond: number }>;
};

const store = s3ImageStore({
  bucket: 'clinic',
  region: 'eu-central-1',
  credentials: { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: 'only for measuring' },
});
let signed = 0;

const calls: LinkCalls = {
  async sign(count) {
    const keys = Array.from({ length: count }, () => `images/${(signed += 1).toString(36).padStart(24, '0')}.jpg`);
    return { firstPerSecond: await signAll(keys), againPerSecond: await signAll(keys) };
  },
};

async function signAll(keys: readonly string[]): Promise<number> {
  const started = performance.now();
  for (const key of keys) await store.signGetUrl(key, 'image/jpeg');
  return (keys.length * 1_000) / (performance.now() - started);
}

serveCalls(calls);
