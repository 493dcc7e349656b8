import { ChatError } from '../../lib/index.js';
import type { ChatErrorCode, Message, PersonRef } from '../../lib/index.js';
import { ask } from '../support/ask.js';
import type { ChatHost } from '../support/chat-host.js';

/** What a client sends, in whatever dress. `unknown`: some send what no type would let pass. */
export interface Draft {
  readonly content?: unknown;
  readonly clientMessageId?: unknown;
}

/** A message as every door gives it back to its sender. */
export type Sent = Pick<
  Message,
  'id' | 'senderType' | 'senderId' | 'content' | 'createdAt' | 'isRead' | 'clientMessageId'
> & { readonly imageUrls: readonly string[] };

/** The message, or why not. */
export type Outcome = { readonly message: Sent } | { readonly code: ChatErrorCode };

/** A way to send. All of them must have the same outcome. */
export interface SendDoor {
  readonly name: string;
  send(host: ChatHost, sender: PersonRef, chatId: number, draft: Draft): Promise<Outcome>;
}

interface Body {
  readonly error?: { readonly code: ChatErrorCode };
}

const rest: SendDoor = {
  name: 'REST with JSON',
  async send(host, sender, chatId, draft) {
    const { body } = await host.as(sender).post<Body & Sent>(`/api/chats/${chatId}/messages`, draft);
    return body.error === undefined ? { message: body } : { code: body.error.code };
  },
};

const restWithHeader: SendDoor = {
  name: 'REST with an Idempotency-Key',
  async send(host, sender, chatId, { content, clientMessageId }) {
    const headers = typeof clientMessageId === 'string' ? { 'Idempotency-Key': clientMessageId } : undefined;
    const path = `/api/chats/${chatId}/messages`;
    const { body } = await host.as(sender).post<Body & Sent>(path, { content }, headers);
    return body.error === undefined ? { message: body } : { code: body.error.code };
  },
};

const multipart: SendDoor = {
  name: 'REST with multipart',
  async send(host, sender, chatId, draft) {
    const form = new FormData();
    for (const [name, value] of Object.entries(draft)) if (typeof value === 'string') form.append(name, value);
    const { body } = await host.as(sender).postForm<Body & Sent>(`/api/chats/${chatId}/messages`, form);
    return body.error === undefined ? { message: body } : { code: body.error.code };
  },
};

const socket: SendDoor = {
  name: 'a socket',
  async send(host, sender, chatId, draft) {
    const client = await host.connect(sender);
    const ack = await ask<Body & { message: Sent & { sessionId: number } }>(client, 'message:send', {
      sessionId: chatId,
      ...draft,
    });
    client.disconnect();
    if (ack.error !== undefined) return { code: ack.error.code };
    const { sessionId: _, ...message } = ack.message;
    return { message };
  },
};

const hostCode: SendDoor = {
  name: "the host's own code",
  async send(host, sender, chatId, draft) {
    try {
      const message = await host.chat.messages.send(sender, { ...(draft as { content: string }), chatId });
      const { chatId: _, images, readAt: __, ...sent } = message;
      return { message: { ...sent, imageUrls: images.map(({ url }) => url) } };
    } catch (error) {
      if (error instanceof ChatError) return { code: error.code };
      throw error;
    }
  },
};

/** The ways of clients. */
export const wireDoors: readonly SendDoor[] = [rest, restWithHeader, multipart, socket];

export const sendDoors: readonly SendDoor[] = [...wireDoors, hostCode];

/** Those that can carry values of any type. */
export const typedSendDoors: readonly SendDoor[] = [rest, socket, hostCode];

/** The message of an outcome that must be one. */
export function messageOf(outcome: Outcome | undefined): Sent {
  if (outcome === undefined || !('message' in outcome)) throw new Error(`not sent: ${JSON.stringify(outcome)}`);
  return outcome.message;
}
