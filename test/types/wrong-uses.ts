// What must not compile. Each wrong line has its reason before it; the test holds that it, and no other line, is an
// error. Nobody runs this file.
import {
  chatError,
  cognito,
  createChatModule,
  defineEvent,
  definePlugin,
  defineRoute,
  diskImageStore,
  django,
  errorCatalogue,
  oidc,
  s3ImageStore,
  sqlDirectory,
} from '../../lib/index.js';
import type {
  Actor,
  Ack,
  ChatModule,
  ChatModuleOptions,
  ClientToServerEvents,
  Directory,
  ImageStore,
  Issuer,
  Logger,
  Message,
  ServerToClientEvents,
} from '../../lib/index.js';
import { z } from 'zod';

declare const chat: ChatModule;
declare const directory: Directory;
declare const store: ImageStore;
declare const message: Message;
const numbered = z.object({ n: z.number() });
const john: Actor = { type: 'customer', id: 1 };
const database = { url: 'postgres://localhost/host' };
const secret = 'a secret that is long enough for HS256';
const auth = { issuers: [django({ secret })] };

// The right uses come first, so that what follows is wrong for its own reason alone.
createChatModule({ database, auth, directory, images: { store } });
definePlugin({ name: 'audit', version: '1.0.0', hooks: { canSendMessage: () => undefined } });

// wrong: there is no database
createChatModule({ auth, directory });
// wrong: nobody could get in
createChatModule({ database, directory });
// wrong: an option that does not exist
createChatModule({ database, auth, directory, pluginz: [] });
// wrong: an option's section misspelt within
createChatModule({ database: { uri: 'postgres://localhost/host' }, auth, directory });
// wrong: a url is a string
createChatModule({ database: { url: new URL('postgres://localhost/host') }, auth, directory });
// wrong: times are numbers of the unit in the name
createChatModule({ database, auth, directory, realtime: { typingTimeoutMs: '6s' } });
// wrong: an issuer is made by cognito, django or oidc
createChatModule({ database, auth: { issuers: ['cognito'] }, directory });
// wrong: a directory must know who is assigned to whom
createChatModule({ database, auth, directory: { findPeople: async () => [] } });
// wrong: a logger takes its fields before its message
createChatModule({ database, auth, directory, logger: { ...console, warn: (line: string) => console.warn(line) } });

// wrong: a pool needs its client
cognito({ region: 'eu-central-1', userPoolId: 'eu-central-1_Example' });
// wrong: there are access and ID tokens, no refresh tokens
cognito({ region: 'eu-central-1', userPoolId: 'eu-central-1_Example', clientId: 'web', tokenUse: 'refresh' });
// wrong: a customer is no user
django({ secret, actor: () => ({ type: 'user', id: 1 }) });
// wrong: an id is a number
django({ secret, actor: () => ({ type: 'dentist', id: '1' }) });
// wrong: claims are unknown until they are looked at
django({ secret, actor: (claims) => ({ type: 'dentist', id: claims.user_id }) });
// wrong: an issuer must say who its tokens name
oidc({ issuer: 'https://id.example.com', audience: 'chat' });
// wrong: `none` is no algorithm
export const unsigned: Issuer['algorithms'] = ['none'];

// wrong: a column goes by what it is for
sqlDirectory({ customers: { table: 'c', id: 'id', nam: 'name' }, dentists: { table: 'd', id: 'id', name: 'name' } });
// wrong: images go into some folder
diskImageStore({});
// wrong: images go into some bucket
s3ImageStore({ region: 'eu-central-1' });

// wrong: the operations know no messages without a chat
void chat.messages.send(john, { content: 'Hello!' });
// wrong: the actor comes first
void chat.messages.send({ chatId: 1, content: 'Hello!' });
// wrong: a person is a pair of type and id
void chat.chats.list(1);
// wrong: ids are numbers on this door too
void chat.messages.markRead(john, { chatId: 1, messageId: '2' });
// wrong: the assigned dentist is looked up, not chosen
void chat.chats.start(john, 5);
// wrong: a module is mounted on an app and a server
void chat.mount(new Map(), directory);
// wrong: what was read stays as it is
message.content = 'something else';
// wrong: there is no such event
chat.on('message:deleted', () => undefined);
// wrong: an event's payload is not another's
chat.on('message:sent', ({ receipt }) => console.log(receipt));

// wrong: the catalogue is closed
chatError('something_went_wrong');
// wrong: a status belongs to its code
chatError('refused', { status: 418 });
// wrong: nor can it be changed
errorCatalogue.refused.status = 418;

// wrong: a plugin says its version
definePlugin({ name: 'audit' });
// wrong: a hook for what cannot be hooked
definePlugin({ name: 'audit', version: '1.0.0', hooks: { beforeDeleteMessage: () => undefined } });
// wrong: an input is replaced by an input
definePlugin({ name: 'audit', version: '1.0.0', hooks: { beforeSendMessage: () => 'Hello!' } });
// wrong: what came out of an operation is read-only to a hook
definePlugin({ name: 'audit', version: '1.0.0', hooks: { afterSendMessage: (sent) => void (sent.id = 2) } });
// wrong: a migration is SQL, not a function
definePlugin({ name: 'audit', version: '1.0.0', migrations: [{ name: '0001-audit', sql: () => 'SELECT 1' }] });

// wrong: HTTP knows no such method
defineRoute({ method: 'FETCH', path: '/audit', handle: () => ({}) });
// wrong: the body is what its schema says
defineRoute({ method: 'POST', path: '/a', body: numbered, handle: ({ body }) => ({ body: body.m }) });
// wrong: without a schema there is no body
defineRoute({ method: 'POST', path: '/a', handle: ({ body }) => ({ body: body.n }) });
// wrong: the input is what its schema says
defineEvent({ event: 'audit:ask', input: numbered, handle: ({ input }) => ({ n: input.m }) });

// wrong: an ack may be a refusal
export const readAck: Ack<{ id: number }> = (answer) => console.log(answer.id);
// wrong: a client sends no such event
export const sent: keyof ClientToServerEvents = 'message:delete';
// wrong: sessions are numbers
export const connected: Parameters<ServerToClientEvents['connected']>[0]['sessions'] = ['123'];
// wrong: a store must be able to delete
export const halfStore: ImageStore = { put: store.put, head: store.head, get: store.get };
// wrong: a logger has four levels
export const quiet: Logger = { error: () => undefined };
// wrong: options are not half given
export const options: ChatModuleOptions = { database };
