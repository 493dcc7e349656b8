import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect } from 'chai';
import { startChatHost, type ChatHost } from '../support/chat-host.js';
import { startChat } from '../support/chats.js';
import { holdAck, holdEvent, throwFaults } from '../support/contracts.js';
import { people } from '../support/host-tables.js';
import { refusal } from '../support/expectations.js';

const run = promisify(execFile);

const packages = 'python3-socketio, python3-websocket and python3-requests';
/** The usual one, and Debian's, for which those packages are, where another comes before it. */
const interpreters = ['python3', '/usr/bin/python3'];
let interpreter = '';

/** What a Python program tells, as JSON on its standard output. */
async function python(program: string, ...given: readonly string[]): Promise<Told> {
  const path = fileURLToPath(new URL(`python/${program}`, import.meta.url));
  const { stdout } = await run(interpreter, [path, ...given], { timeout: 50_000 });
  return JSON.parse(stdout) as Told;
}

type Told = Readonly<Record<string, Record<string, unknown>>>;

describe('clients in Python', () => {
  let host: ChatHost;

  before(async function () {
    const faults: unknown[] = [];
    for (interpreter of interpreters) {
      try {
        await run(interpreter, ['-c', 'import requests, socketio, websocket']);
        host = await startChatHost({ realtime: { offlineGraceMs: 50 } });
        return;
      } catch (error) {
        faults.push(error);
      }
    }
    if (process.env['CI'] !== undefined) throw new AggregateError(faults, `no Python with ${packages}`);
    console.log(`    not run, for it takes the Debian packages ${packages}`);
    this.skip();
  });
  after(() => host?.close());

  const { john, mary, smith } = people;
  const tokenOf = (person: typeof john): string => host.tokenOf(person) ?? '';

  for (const transport of ['websocket', 'polling']) {
    it(`talk over ${transport}, with python-socketio`, async () => {
      const customer = transport === 'websocket' ? john : mary;
      const chatId = await startChat(host, customer);
      const told = await python(
        'socket_client.py',
        host.url,
        transport,
        String(chatId),
        tokenOf(customer),
        tokenOf(smith),
      );

      for (const name of Object.keys(told).filter((key) => key.includes(':') || key === 'connected')) {
        holdEvent(name, told[name]);
      }
      for (const name of ['sent', 'again', 'refused']) holdAck('message:send', told[name]);
      holdAck('message:read', told['read']);
      throwFaults();

      const message = told['sent']?.['message'] as { id: number };
      expect(told['transport']).to.equal(transport);
      expect(told['connect_error']?.['data']).to.deep.equal(refusal('token_invalid'));
      expect(told['connected']).to.deep.include({ userId: customer.id, userType: 'customer', sessions: [chatId] });
      expect(message).to.include({ sessionId: chatId, content: 'Grüße 👋', clientMessageId: 'py-1' });
      expect(told['again']).to.deep.equal(told['sent']);
      expect(told['message:new']).to.include({ id: message.id, content: 'Grüße 👋' });
      expect(told['typing:indicator']).to.include({ sessionId: chatId, userType: 'dentist', isTyping: true });
      expect(told['message:read_receipt']).to.deep.include({ messageId: message.id, messageIds: [message.id] });
      expect(told['message:read_receipt']?.['readAt']).to.equal(told['read']?.['readAt']);
      expect(told['refused']).to.have.nested.property('error.code', 'message_empty');
      expect(told['chat:error'])
        .to.include({ event: 'message:send' })
        .and.have.nested.property('error.code', 'message_empty');
      for (const name of ['user:online', 'user:offline']) expect(told[name]).to.include({ userId: smith.id });
    });
  }

  it('call every operation of openapi.json by its name, knowing nothing else', async () => {
    const own = await startChatHost();
    try {
      const told = await python('rest_client.py', own.url, own.tokenOf(john) ?? '', own.tokenOf(smith) ?? '');
      expect(told['uncalled']).to.deep.equal([]);
      expect(told['health']).to.include({ status: 'ok' });
      expect(told['refusal']).to.deep.equal({ error: refusal('customers_only') });
      expect(told['again']).to.deep.equal(told['sent']);
      expect(told['picture']).to.match(/^image\//);
      expect(told['page']).to.include({ hasMore: true });
      expect(told['list']?.['chats']).to.have.length(1);
      expect(told['read']).to.include({ isRead: true });
      expect(told['allRead']?.['messageIds']).to.have.length(2);
    } finally {
      await own.close();
    }
  });
});
