// A host in TypeScript, compiled against the installed package with everything strict and nothing skipped.
import { createServer } from 'node:http';
import Koa from 'koa';
import {
  ChatError,
  chatError,
  cognito,
  createChatModule,
  defineEvent,
  definePlugin,
  diskImageStore,
  django,
  s3ImageStore,
  sqlDirectory,
} from 'koa-chat-module';
import type { ChatModule, Directory, ImageStore, Logger, Message, PersonRef } from 'koa-chat-module';

const logger: Logger = { debug: () => {}, info: () => {}, warn: console.warn, error: console.error };
const store: ImageStore = process.env['BUCKET']
  ? s3ImageStore({ bucket: process.env['BUCKET'], region: 'eu-central-1' })
  : diskImageStore({ dir: 'images' });

export const quietHours = definePlugin({
  name: 'quiet-hours',
  version: '1.0.0',
  events: [defineEvent({ event: 'quiet:ask', handle: ({ actor }) => ({ quiet: actor.type === 'customer' }) })],
  hooks: {
    canSendMessage: (input, { actor }) => {
      if (actor.type === 'customer' && input.content.includes('quiet')) throw chatError('refused');
    },
    afterSendMessage: (message: Message) => void message.id.toFixed(),
  },
});

export const ownDirectory: Directory = {
  findPeople: async (refs: readonly PersonRef[]) => refs.map((ref) => ({ ...ref, name: 'Somebody', email: null })),
  findAssignedDentist: async () => null,
};

export const chat: ChatModule = createChatModule({
  database: { url: 'postgres://localhost/host', schema: 'chat' },
  auth: {
    issuers: [
      cognito({ region: 'eu-central-1', userPoolId: 'eu-central-1_Example', clientId: 'example' }),
      django({ secret: 'a secret that is long enough for HS256' }),
    ],
  },
  directory: sqlDirectory({
    customers: { table: 'customers', id: 'id', name: 'name', email: 'email', login: 'sub', dentist: 'dentist_id' },
    dentists: { table: 'dentists', id: 'id', name: 'name', email: 'email', login: 'user_id' },
  }),
  images: { store },
  plugins: [quietHours],
  logger,
});

const app = new Koa();
app.use(async (ctx, next) => {
  await next();
  ctx.set('X-Host', 'typed');
});
await chat.mount(app, createServer(app.callback()));
chat.on('message:sent', ({ message }) => console.log(message.id));
try {
  const message = await chat.messages.send({ type: 'customer', id: 1 }, { chatId: 1, content: 'Hello!' });
  console.log(message.id, message.createdAt, message.content.length);
} catch (error) {
  if (error instanceof ChatError && error.code === 'chat_not_found')
    console.log(error.status, error.toPublic().message);
  else throw error;
}
