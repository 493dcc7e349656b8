import { expect } from 'chai';
import type { NewMessage } from '../../lib/index.js';
import { channelOf } from '../../lib/realtime/cluster-bus.js';
import { startProcess, type Process } from '../presence/process-rounds.js';
import { say, startChat } from '../support/chats.js';
import { people } from '../support/host-tables.js';
import { nextEvent, noEvent } from '../support/socket-client.js';

const { john, smith } = people;

const dead = '00000000-0000-4000-8000-00000000dead';

describe('a message that its process could not tell anybody', () => {
  let here: Process;
  let there: Process;
  let chatId: number;

  before(async () => {
    here = await startProcess();
    chatId = await startChat(here, john);
    there = await startProcess(here);
  });
  after(async () => {
    await there.close();
    await here.close();
  });

  async function write(content: string): Promise<void> {
    await here.database.query(
      `WITH sent AS (
         INSERT INTO chat.messages (id, chat_id, sender_type, sender_id, content, created_at)
         VALUES (nextval('chat.message_ids'), $1, 'customer', $2, $3, clock_timestamp()) RETURNING id, created_at
       )
       UPDATE chat.chats SET last_message_id = sent.id, updated_at = sent.created_at FROM sent WHERE chats.id = $1`,
      [chatId, john.id, content],
    );
  }

  /** All that such a process leaves: what it had committed, and its lease, which runs out. */
  async function dieAfterCommit(content: string): Promise<void> {
    await write(content);
    await here.database.query(`INSERT INTO chat.processes VALUES ('${dead}', now())`);
  }

  it('is told once its lease has run out, though nobody writes to the chat again', async () => {
    const smithHere = await here.connect(smith);
    const smithThere = await there.connect(smith);
    await say(here, john, chatId, 'It fits.');
    await dieAfterCommit('No, it does not.');
    here.nextRound();
    for (const socket of [smithHere, smithThere]) {
      expect(await nextEvent<NewMessage>(socket, 'message:new')).to.include({ content: 'It fits.' });
      expect(await nextEvent<NewMessage>(socket, 'message:new')).to.include({ content: 'No, it does not.' });
    }
    await say(here, john, chatId, 'Sorry.');
    for (const socket of [smithHere, smithThere]) {
      expect(await nextEvent<NewMessage>(socket, 'message:new')).to.include({ content: 'Sorry.' });
      await noEvent(socket, 'message:new');
    }
  });

  it('is told also where those who wait for it are all at another process', async () => {
    const smithThere = await there.connect(smith);
    await dieAfterCommit('Hello?');
    here.nextRound();
    expect(await nextEvent<NewMessage>(smithThere, 'message:new')).to.include({ content: 'Hello?' });
  });

  it('is told also where a process of another version says it in its own way', async () => {
    const smithThere = await there.connect(smith);
    await write('Are you open?');
    const said = JSON.stringify([['message:sent', { chatId, message: 'Are you open?' }]]);
    await here.database.query('SELECT pg_notify($1, $2)', [channelOf('chat'), `another 1 ${said}`]);
    expect(await nextEvent<NewMessage>(smithThere, 'message:new')).to.include({ content: 'Are you open?' });
  });
});
