import type { IncomingMessage } from 'node:http';
import { isIPv6 } from 'node:net';
import proxyAddr from 'proxy-addr';

/** Whom a request comes from. */
export type ClientAddress = (request: IncomingMessage) => string;

/**
 * The address of the connection, or its /64 where that is one of IPv6: whoever has one address has all of these. Where
 * proxies are trusted (so many of them, or those of a list), what the first that is not says in `X-Forwarded-For`.
 * Anybody can write that header: without trust it is not read.
 */
export function createClientAddress(trustProxy: number | readonly string[]): ClientAddress {
  const isTrusted =
    typeof trustProxy === 'number'
      ? (_address: string, hop: number): boolean => hop < trustProxy
      : proxyAddr.compile([...trustProxy]);
  return (request) => {
    const { remoteAddress = '' } = request.socket;
    const isForwarded = request.headers['x-forwarded-for'] !== undefined && isTrusted(remoteAddress, 0);
    return networkOf(isForwarded ? proxyAddr(request, isTrusted) : remoteAddress);
  };
}

function networkOf(address: string): string {
  // One that stands for an address of IPv4 ends like it (RFC 4291, 2.5.5).
  if (!isIPv6(address) || address.includes('.')) return address;
  const [head = [], tail] = address.split('::').map((part) => (part === '' ? [] : part.split(':')));
  const left = Array<string>(8 - head.length - (tail?.length ?? 0)).fill('0');
  return [...head, ...left, ...(tail ?? [])]
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(':');
}
