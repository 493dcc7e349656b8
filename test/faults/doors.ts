import type { Socket } from 'socket.io-client';
import type { Outcome, Sending } from './journal.js';
import type { Door } from './sender.js';

/** Longer than the 5 s within which an answer is due. */
const patienceMs = 8_000;
/** Work on a picture takes what it takes, above all the first of a process. */
const picturePatienceMs = 30_000;

/** The smallest PNG there is: one pixel. */
const pixel = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==',
  'base64',
);

export function restDoor(url: string, token: () => string, withPicture = false): Door {
  return async ({ chatId, content, clientMessageId }) => {
    try {
      const response = await fetch(`${url}/api/chats/${chatId}/messages`, {
        method: 'POST',
        signal: AbortSignal.timeout(withPicture ? picturePatienceMs : patienceMs),
        ...(withPicture ? form(content, clientMessageId) : json(content, clientMessageId)),
        headers: {
          Authorization: `Bearer ${token()}`,
          ...(withPicture ? {} : { 'Content-Type': 'application/json' }),
        },
      });
      const body = (await response.json()) as { id: number; error?: { code: string } };
      if (response.status === 201) return { kind: 'acked', id: body.id };
      return refusalOf(response.status, body.error?.code ?? '');
    } catch (error) {
      return { kind: 'unknown', why: causeOf(error) };
    }
  };
}

export function socketDoor(socket: Socket): Door {
  return async ({ chatId: sessionId, content, clientMessageId }: Sending) => {
    if (!socket.connected) return { kind: 'refused', code: 'not connected' };
    try {
      const ack = (await socket
        .timeout(patienceMs)
        .emitWithAck('message:send', { sessionId, content, clientMessageId })) as
        { ok: true; message: { id: number } } | { ok: false; error: { code: string } };
      return ack.ok ? { kind: 'acked', id: ack.message.id } : refusalOf(0, ack.error.code);
    } catch (error) {
      return { kind: 'unknown', why: causeOf(error) };
    }
  };
}

/** A database that went away in the middle may have committed; every other refusal says that nothing was written. */
function refusalOf(status: number, code: string): Outcome {
  return code === 'database_unavailable'
    ? { kind: 'unknown', why: code }
    : { kind: 'refused', code: code || `${status}` };
}

function causeOf(error: unknown): string {
  const { name, message } = error as Error;
  return name === 'TimeoutError' || message === 'operation has timed out' ? 'no answer' : 'connection lost';
}

function json(content: string, clientMessageId: string | undefined): RequestInit {
  return { body: JSON.stringify({ content, clientMessageId }) };
}

function form(content: string, clientMessageId: string | undefined): RequestInit {
  const fields = new FormData();
  fields.set('content', content);
  if (clientMessageId !== undefined) fields.set('clientMessageId', clientMessageId);
  fields.append('images', new Blob([pixel], { type: 'image/png' }), 'pixel.png');
  return { body: fields };
}
