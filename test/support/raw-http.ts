import { connect } from 'node:net';

/**
 * Writes bytes to a port and gives what came back, as latin1, once the other side has closed, or after `timeoutMs`.
 * Never rejects: a connection that is cut is an answer too.
 */
export function talk(port: number, bytes: string | Uint8Array, timeoutMs = 5_000): Promise<string> {
  return new Promise((resolve) => {
    let received = '';
    const socket = connect(port, '127.0.0.1');
    socket.setTimeout(timeoutMs, () => socket.destroy());
    socket.setEncoding('latin1');
    socket.on('data', (text: string) => (received += text));
    socket.on('error', () => undefined);
    socket.on('close', () => resolve(received));
    socket.write(bytes);
  });
}
