/** The largest document that is read: 256 KiB, some 600 RSA keys. */
const maxBytes = 256 * 1024;

/**
 * GETs a JSON document from a configured address. Redirects are not followed: what a token is trusted for must come from
 * the address that was configured.
 *
 * @param signal ends the request, its body too.
 * @throws Error that says what was wrong, for the log.
 */
export async function fetchJson(url: string, signal: AbortSignal): Promise<unknown> {
  const response = await fetch(url, { headers: { accept: 'application/json' }, redirect: 'manual', signal });
  if (!response.ok || response.body === null) {
    await response.body?.cancel();
    const moved = response.status >= 300 && response.status < 400;
    throw new Error(`It answered ${response.status}${moved ? ': redirects are not followed' : ''}`);
  }
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  // Leaving the loop early cancels the body.
  for await (const chunk of response.body as AsyncIterable<Uint8Array>) {
    bytes += chunk.byteLength;
    if (bytes > maxBytes) throw new Error(`It answered more than ${maxBytes} bytes`);
    chunks.push(chunk);
  }
  try {
    return JSON.parse(Buffer.concat(chunks).toString('utf8')) as unknown;
  } catch {
    throw new Error('It answered no JSON');
  }
}
