import { createServer } from 'node:http';
import { inspect } from 'node:util';
import Koa from 'koa';
import { createChatModule, type Logger } from '../../lib/index.js';
import { optionsOf, type HostSettings } from './options.js';

// The attacked host, a process of its own: whatever is thrown or rejected past the module ends it. It writes all that is
// logged, at every level and with every field of every error, to its standard output.
const settings = JSON.parse(process.argv[2] ?? '') as HostSettings;

const write =
  (level: keyof Logger) =>
  (fields: object, message: string): void =>
    console.log(`${level} ${message} ${inspect(fields, { depth: 12, breakLength: Infinity, maxStringLength: null })}`);

const chat = createChatModule({
  ...optionsOf(settings),
  logger: { debug: write('debug'), info: write('info'), warn: write('warn'), error: write('error') },
});

const app = new Koa();
const server = createServer(app.callback());
// After callback(): the way of mounting that reaches deepest into Koa.
await chat.mount(app, server);
server.listen(0, '127.0.0.1', () => process.send?.(server.address()));

process.on('message', () => {
  server.close();
  void chat.close().then(() => {
    server.closeAllConnections();
    process.disconnect();
  });
});
