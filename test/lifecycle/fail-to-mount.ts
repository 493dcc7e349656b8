import { createServer } from 'node:http';
import { expect } from 'chai';
import Koa from 'koa';
import { ChatSetupError } from '../../lib/index.js';
import type { ChatModuleOptions } from '../../lib/index.js';
import type { Stage } from './stage.js';

/** Mounts a module that cannot start, sees that it left nothing on the host's server or database, and gives the error. */
export async function failToMount(stage: Stage, changes: Partial<ChatModuleOptions>): Promise<ChatSetupError> {
  const app = new Koa();
  const server = createServer(app.callback());
  const error = await stage
    .createModule(changes)
    .mount(app, server)
    .then(
      () => expect.fail('it started'),
      (reason: unknown) => reason,
    );
  if (!(error instanceof ChatSetupError)) throw error;
  const connections = await stage.database.query(
    `SELECT query FROM pg_stat_activity
      WHERE application_name = 'koa-chat-module' AND datname = current_database()`,
  );
  expect(connections).to.deep.equal([]);
  expect(Object.hasOwn(server, 'emit')).to.equal(false);
  expect([server.listenerCount('request'), server.listenerCount('upgrade')]).to.deep.equal([1, 0]);
  return error;
}
