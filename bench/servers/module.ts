import { createServer } from 'node:http';
import Koa from 'koa';
import { createChatModule, diskImageStore, django, sqlDirectory } from '../../lib/index.js';
import { programInput } from '../programs/serve-calls.js';
import { serve } from './serve.js';

// The module as a host mounts it: real tokens, a directory on the host's tables, nothing turned off.

export interface ModuleInput {
  readonly url: string;
  /** PEM of the tokens' RSA key. */
  readonly publicKey: string;
  /** Where photos are kept. Default: text only. */
  readonly imagesDir?: string;
}

const { url, publicKey, imagesDir } = programInput<ModuleInput>();

const issuer = django({
  publicKey,
  actor: ({ user_type: type, user_id: id }) =>
    typeof id === 'number' ? { type: type === 'customer' ? 'customer' : 'dentist', id } : null,
});
const chat = createChatModule({
  database: { url },
  auth: { issuers: [issuer] },
  directory: sqlDirectory({ customers: { table: 'customers' }, dentists: { table: 'dentists' } }),
  ...(imagesDir === undefined ? {} : { images: { store: diskImageStore({ dir: imagesDir }) } }),
});
const app = new Koa();
const server = createServer(app.callback());
await chat.mount(app, server);
await serve(server);
