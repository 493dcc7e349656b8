// What clients are told that travels (lib/wire.ts) is what the server makes, field by field. `tsc` holds it: each line
// is an error where the two differ. Nobody runs this file.
import type { Chat, ChatList, ChatSummary } from '../../lib/chats/chat.js';
import type { presentStartedChat } from '../../lib/chats/chat-routes.js';
import type { PublicError } from '../../lib/errors.js';
import type { MessageImage } from '../../lib/images/image.js';
import type { MessagePage } from '../../lib/messages/message.js';
import type { z } from 'zod';
import type { serverEvents } from '../../lib/doors/server-events.js';
import type { refreshAck } from '../../lib/doors/socket-refresh.js';
import type { readAck, readReceipt, sendAck } from '../../lib/messages/message-output.js';
import type { presentInPage, presentNew, presentSent } from '../../lib/messages/present-message.js';
import type * as Wire from '../../lib/wire.js';

/** What a good ack holds, as clients are told. */
type Acked<E extends keyof Wire.ClientToServerEvents> = Omit<
  Extract<Parameters<NonNullable<Parameters<Wire.ClientToServerEvents[E]>[1]>>[0], { ok: true }>,
  'ok'
>;
type Told = { [E in keyof Wire.ServerToClientEvents]: Parameters<Wire.ServerToClientEvents[E]>[0] };
type Described = { [E in keyof typeof serverEvents]: z.output<(typeof serverEvents)[E]['payload']> };

export type Held = [
  Holds<Same<Wire.ChatSummary, ChatSummary>>,
  Holds<Same<Wire.ChatSummary, ChatList['chats'][number]>>,
  Holds<Same<Wire.ChatDetails, Chat>>,
  Holds<Same<Wire.StartedChat, ReturnType<typeof presentStartedChat>>>,
  Holds<Same<Wire.Message, ReturnType<typeof presentInPage>>>,
  Holds<Same<Wire.SentMessage, ReturnType<typeof presentSent>>>,
  Holds<Same<Wire.NewMessage, ReturnType<typeof presentNew>>>,
  Holds<Same<Wire.MessageImage, MessageImage>>,
  Holds<Same<Omit<Wire.MessagePage, 'messages'>, Omit<MessagePage, 'messages'>>>,
  Holds<Same<Acked<'message:send'>, z.output<typeof sendAck>>>,
  Holds<Same<Acked<'message:read'>, z.output<typeof readAck>>>,
  Holds<Same<Acked<'chat:read'>, z.output<typeof readReceipt>>>,
  Holds<Same<Acked<'auth:refresh'>, z.output<typeof refreshAck>>>,
  Holds<Same<Told, Described>>,
  Holds<Same<Wire.WireError, PublicError>>,
];

type Same<One, Other> =
  (<T>() => T extends Plain<One> ? 1 : 2) extends <T>() => T extends Plain<Other> ? 1 : 2 ? true : false;
type Holds<T extends true> = T;

/** Written out, and read-only throughout: that alone may differ. */
type Plain<T> = T extends object ? { readonly [Key in keyof T]: Plain<T[Key]> } : T;
