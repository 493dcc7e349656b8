import { randomUUID } from 'node:crypto';
import type { DatabaseOptions, ImageStore, PersonRef } from '../../lib/index.js';
import { createRecentStatements } from '../../lib/messages/recent-statements.js';
import { createPresenceStatements } from '../../lib/presence/presence-statements.js';
import { createProcessLease, leaseSeconds } from '../../lib/presence/process-lease.js';
import { createReaper } from '../../lib/presence/reaper.js';
import { ageImages, openSweeper } from '../images/other-process.js';
import { askForUpload, photo, preUpload } from '../images/support.js';
import type { ChatHost } from '../support/chat-host.js';
import { startChat } from '../support/chats.js';
import { people } from '../support/host-tables.js';
import { recordingLogger } from '../support/recording-logger.js';
import type { Prepare } from './lost-calls.js';

const { john, mary } = people;

/** Rounds that a process makes by itself, as calls: one that was lost is made up for by the next. */
export async function lostRounds(
  host: ChatHost,
  options: DatabaseOptions,
  store: ImageStore,
): Promise<Record<string, Prepare>> {
  const chatId = await startChat(host, mary);
  const file = await photo();
  const { sweeper, database } = openSweeper(options, store);
  const statements = createPresenceStatements(database);
  const countOf = async (sql: string, params: readonly unknown[] = []): Promise<number> =>
    Number((await host.database.query<{ count: string }>(`SELECT ${sql} AS count`, params))[0]?.count);

  return {
    'a sweep': async () => {
      const images = `NOT EXISTS (SELECT FROM chat.images WHERE message_id IS NULL OR upload_expires_at IS NOT NULL)`;
      const key = await preUpload(host, mary, chatId, file);
      await host.chat.messages.send(mary, { chatId, imageKeys: [key] });
      await askForUpload(host, mary, chatId, file.length);
      const sweep = async (): Promise<void> => {
        await ageImages(host.database);
        await sweeper.sweep();
      };
      return { calls: [sweep], count: () => countOf(`(${images})::int`) };
    },

    'a look for what nobody has told': async () => {
      const { last, lastSince } = createRecentStatements(database);
      const look = async (): Promise<void> => {
        await database.query(last, [chatId]);
        await database.query(lastSince, [[mary.id], [], '2026-01-01T00:00:00Z']);
      };
      return { calls: [look] };
    },

    // What is said is asked in the background, at no call's time; that it is asked until it is told: test/presence.
    'a look for who is to hear who is online': async () => {
      const look = async (): Promise<void> => {
        for (const type of ['customer', 'dentist'] as const) {
          await database.query(statements.watchers(type), [[john.id], [true]]);
        }
      };
      return { calls: [look] };
    },

    'a round of presence': async () => {
      const dead = randomUUID();
      await host.database.query('INSERT INTO chat.processes (id, expires_at) VALUES ($1, now())', [dead]);
      await host.database.query('INSERT INTO chat.presence (person_type, person_id, process_id) VALUES ($1, $2, $3)', [
        john.type,
        john.id,
        dead,
      ]);
      const said = new Set<number>();
      const listener = {
        renewed: () => undefined,
        lapsed: () => undefined,
        ended: () => undefined,
        reaped: (gone: readonly PersonRef[]) => gone.forEach(({ id }) => said.add(id)),
        unsettled: (gone: readonly PersonRef[]) => gone.forEach(({ id }) => said.add(id)),
      };
      const lease = createProcessLease(database, statements, randomUUID(), recordingLogger(), listener);
      const reaper = createReaper(database, statements, leaseSeconds, listener);
      const round = async (): Promise<void> => {
        await lease.start();
        await reaper.reap();
        await lease.stop(0);
      };
      const gone = 'NOT EXISTS (SELECT FROM chat.processes WHERE id = $1)';
      // Also where nobody is left to be found, for what took John out was done and its answer lost: it is said of him.
      return { calls: [round], count: async () => (said.has(john.id) ? countOf(`(${gone})::int`, [dead]) : 0) };
    },
  };
}
