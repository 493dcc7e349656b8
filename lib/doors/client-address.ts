import type { IncomingMessage } from 'node:http';
import proxyAddr from 'proxy-addr';

/** Whom a request comes from. */
export type ClientAddress = (request: IncomingMessage) => string;

/**
 * The address of the connection; where proxies are trusted (so many of them, or those of a list), what the first that is
 * not says in `X-Forwarded-For`. Anybody can write that header: without trust it is not read.
 */
export function createClientAddress(trustProxy: number | readonly string[]): ClientAddress {
  const isTrusted =
    typeof trustProxy === 'number'
      ? (_address: string, hop: number): boolean => hop < trustProxy
      : proxyAddr.compile([...trustProxy]);
  return (request) => {
    const { remoteAddress = '' } = request.socket;
    const isForwarded = request.headers['x-forwarded-for'] !== undefined && isTrusted(remoteAddress, 0);
    return isForwarded ? proxyAddr(request, isTrusted) : remoteAddress;
  };
}
