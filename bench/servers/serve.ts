import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import type { Server } from 'node:http';
import { Session } from 'node:inspector/promises';
import type { AddressInfo } from 'node:net';
import { serveCalls } from '../programs/serve-calls.js';

export interface Usage {
  /** Processor time of the process so far, in milliseconds. */
  readonly cpuMs: number;
  /** Resident memory in bytes. */
  readonly rssBytes: number;
  /** What JavaScript holds after a full collection (with `--expose-gc`), its buffers included, in bytes. */
  readonly heldBytes: number;
}

/** What each server of the bench can be asked. */
export type ServerCalls = {
  port: () => number;
  usage: () => Usage;
  /** Resident memory in bytes, as it is. */
  rssBytes: () => number;
  /** Milliseconds from the start of the process until it served. */
  startedAfterMs: () => number;
  startProfile: () => Promise<void>;
  /** Writes a CPU profile of the time since. */
  stopProfile: (file: string) => Promise<void>;
};

/** Listens on a free loopback port and answers the bench. */
export async function serve(server: Server): Promise<void> {
  server.listen({ port: 0, host: '127.0.0.1', backlog: 4_096 });
  await once(server, 'listening');
  const startedAfterMs = performance.now();
  const calls: ServerCalls = {
    port: () => (server.address() as AddressInfo).port,
    usage,
    rssBytes: () => process.memoryUsage.rss(),
    startedAfterMs: () => startedAfterMs,
    startProfile,
    stopProfile,
  };
  serveCalls(calls);
}

function usage(): Usage {
  const { user, system } = process.cpuUsage();
  globalThis.gc?.();
  const { rss, heapUsed, external } = process.memoryUsage();
  return { cpuMs: (user + system) / 1_000, rssBytes: rss, heldBytes: heapUsed + external };
}

const inspector = new Session();

async function startProfile(): Promise<void> {
  inspector.connect();
  await inspector.post('Profiler.enable');
  await inspector.post('Profiler.start');
}

async function stopProfile(file: string): Promise<void> {
  const { profile } = await inspector.post('Profiler.stop');
  inspector.disconnect();
  await writeFile(file, JSON.stringify(profile));
}
