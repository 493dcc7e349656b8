import { serveCalls } from '../programs/serve-calls.js';
import { quantile } from '../statistics.js';
import { openConnection, requestBytes, type HttpConnection, type HttpRequest } from './http-connection.js';

// Clients over HTTP: each connection has one request in flight.

export interface RequestOutcome {
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

export type RequestLoadCalls = {
  /** The answer of one request, for comparing what servers say. */
  fetch: (port: number, request: HttpRequest) => Promise<{ status: number; body: string }>;
  /** Goes through the requests again and again on each of the connections. */
  run: (port: number, requests: HttpRequest[], connections: number, seconds: number) => Promise<RequestOutcome>;
};

/** How far apart the connections begin: they should not all ask for the same at the same time. */
const stride = 7;

const calls: RequestLoadCalls = {
  async fetch(port, request) {
    const connection = await openConnection(port);
    const { status, body } = await connection.request(requestBytes(request));
    connection.close();
    return { status, body: body.toString() };
  },

  async run(port, requests, connections, seconds) {
    const all = requests.map(requestBytes);
    const open = await Promise.all(Array.from({ length: connections }, () => openConnection(port)));
    const latencies: number[] = [];
    const started = performance.now();
    const end = started + seconds * 1_000;
    await Promise.all(open.map((one, index) => requestUntil(end, one, all, index * stride, latencies)));
    const tookSeconds = (performance.now() - started) / 1_000;
    for (const one of open) one.close();
    return {
      perSecond: latencies.length / tookSeconds,
      p50Ms: quantile(latencies, 0.5),
      p99Ms: quantile(latencies, 0.99),
    };
  },
};

async function requestUntil(
  end: number,
  connection: HttpConnection,
  requests: readonly Buffer[],
  from: number,
  latencies: number[],
): Promise<void> {
  let next = from;
  for (let at = performance.now(); at < end; next += 1) {
    const request = requests[next % requests.length];
    if (request === undefined) return;
    const { status } = await connection.request(request);
    if (status !== 200 && status !== 201) throw new Error(`a request was answered with ${status}`);
    const now = performance.now();
    latencies.push(now - at);
    at = now;
  }
}

serveCalls(calls);
