import { expect } from 'chai';
import sinon from 'sinon';
import type { Socket } from 'socket.io-client';
import { cognito, definePlugin, django, sqlDirectory, type Logger } from '../../lib/index.js';
import { itNeedsS3 } from '../images/stores/s3-bucket.js';
import { askForUpload, photo, putFile, sendFiles } from '../images/support.js';
import { ask } from '../support/ask.js';
import { startChatHost, type ChatHost } from '../support/chat-host.js';
import { say, startChat } from '../support/chats.js';
import { declaredDoors } from '../support/declared-doors.js';
import { hostTables, makeHostTables, people } from '../support/host-tables.js';
import { createTestDatabase, type TestDatabase } from '../support/postgres.js';
import { makeFolder } from '../support/run-folder.js';
import { nextEvent } from '../support/socket-client.js';
import { startProxy, type TcpProxy } from '../support/tcp-proxy.js';
import { until } from '../support/until.js';
import { eventCalls, routeCalls, type Subject } from './calls.js';
import { createCanaries, type Canaries } from './canaries.js';
import { breakFolder, inS3, mendFolder, onDisk, type PicturePlace } from './picture-places.js';
import { beTurnedAway, callRoutes, emitEvents, type Told } from './walk.js';
import { watchedStore } from './watched-store.js';
import { wholeText } from './whole-text.js';

const { john, mary, nia, smith } = people;

describe('what patients say and show, and what opens their doors', () => {
  holdSecret(onDisk);
});

describe('the same with pictures in S3', function () {
  this.timeout(120_000);
  itNeedsS3();
  holdSecret(inS3);
});

function holdSecret(openPlace: () => Promise<PicturePlace>): void {
  let canaries: Canaries;
  let database: TestDatabase;
  let proxy: TcpProxy;
  let host: ChatHost;
  let place: PicturePlace | undefined;
  let tempDir: string;
  let subject: Subject;
  let socket: Socket;
  let told: Told;
  let output: sinon.SinonSpy[];
  let linesBefore: number;
  /** What the plugin does with a message before it is sent. */
  let withMessage: (content: string, logger: Logger) => void = () => undefined;

  const curious = (): ReturnType<typeof definePlugin> => {
    let own: Logger;
    return definePlugin({
      name: 'curious',
      version: '1.0.0',
      start: ({ logger }) => void (own = logger),
      hooks: { beforeSendMessage: ({ content = '' }) => withMessage(content, own) },
    });
  };

  before(async () => {
    canaries = createCanaries();
    tempDir = await makeFolder('canary-temp');
    place = await openPlace();
    database = await createTestDatabase();
    await makeHostTables(database);
    proxy = await startProxy(database);
    host = await startChatHost(
      {
        database: { url: proxy.url, acquireTimeoutMs: 500, statementTimeoutMs: 500 },
        images: { store: watchedStore(place.store, canaries), tempDir },
        directoryCacheSeconds: 0,
        plugins: [curious()],
      },
      { database },
    );
    for (const person of Object.values(people)) canaries.keepToken('token', host.tokenOf(person) ?? '');
    subject = await setSubject(place);
    socket = await host.connect(john);
  });

  after(async () => {
    // Where the tests are pending, nothing was opened.
    if (place === undefined) return;
    await host.close();
    await place.close();
    await proxy.close();
    await database.drop();
  });

  beforeEach(() => {
    told = { refusals: [], done: 0 };
    linesBefore = host.log.lines.length;
    // Mocha itself writes nothing before the test is over.
    output = [sinon.spy(process.stdout, 'write'), sinon.spy(process.stderr, 'write')];
  });

  afterEach(() => {
    sinon.restore();
    withMessage = () => undefined;
  });

  async function setSubject({ store }: PicturePlace): Promise<Subject> {
    const declared = await declaredDoors({
      database: { url: database.url },
      auth: { issuers: [cognito(host.tokens.cognito), django(host.tokens.django)] },
      directory: sqlDirectory(hostTables),
      images: { store },
    });
    expect(Object.keys(eventCalls)).to.have.members(declared.events.map(({ event }) => event));
    const routes = new Set(declared.routes.map(({ method, path }) => `${method} ${path}`));
    expect(Object.keys(routeCalls)).to.include.members([...routes]);
    const chatId = await startChat(host, john);
    await startChat(host, nia);
    const [said] = await say(host, smith, chatId, canaries.text('body'));
    const file = await photo();
    const sent = await sendFiles(host, john, chatId, [file]);
    const [image] = sent.body.images ?? [];
    if (said === undefined || image === undefined) throw new Error(`no picture: ${JSON.stringify(sent.body)}`);
    return {
      routes,
      chatId,
      messageId: said.id,
      imageId: image.id,
      uploadKey: await upload(chatId, file),
      pictureUrl: image.url,
      uploadUrl: (await askForUpload(host, john, chatId, 5)).url,
      photo: file,
      canaries,
    };
  }

  async function upload(chatId: number, file: Buffer): Promise<string> {
    const target = await askForUpload(host, john, chatId, file.length);
    await putFile(host, target, file);
    return target.key;
  }

  const logged = (): string => wholeText(host.log.lines.slice(linesBefore));
  const written = (): string => output.flatMap((spy) => spy.args.map(([chunk]) => String(chunk))).join('');

  function expectNone(): void {
    expect(canaries.foundIn(logged()), 'in the log').to.deep.equal([]);
    expect(canaries.foundIn(told.refusals.join('\n')), 'in refusals').to.deep.equal([]);
    expect(canaries.foundIn(written()), 'in the output').to.deep.equal([]);
  }

  async function walk(): Promise<void> {
    await callRoutes(host, john, subject, told);
    await emitEvents(socket, subject, told);
  }

  it('are found where a plugin logs them', async () => {
    withMessage = (content, logger) => logger.debug({ seen: { content } }, 'a plugin that cannot keep a secret');
    await host.as(john).post(`/api/chats/${subject.chatId}/messages`, { content: canaries.text('body') });
    expect(canaries.foundIn(logged())).to.deep.equal(['body']);
  });

  it('are nowhere when all goes well, and when what is sent is refused', async () => {
    await walk();
    expect(told.done).to.be.above(10);
    expect(told.refusals.length).to.be.above(10);
    expectNone();
    expect([...canaries.kinds()]).to.have.members(['token', 'body', 'file name', 'upload key', 'signed URL']);
  });

  it('are nowhere when a stranger asks', async () => {
    await callRoutes(host, mary, subject, told);
    await emitEvents(await host.connect(mary), subject, told);
    expectNone();
  });

  it('are nowhere when a token is refused', async () => {
    const past = Math.floor(Date.now() / 1_000) - 600;
    const tokens = [
      host.tokens.cognitoAccess(john.login, { claims: { exp: past } }),
      host.tokens.cognitoAccess(canaries.text('login')),
      host.tokens.djangoAccess(canaries.text('login')),
      host.tokens.djangoAccess(smith.login, { key: 'another secret that is at least long enough' }),
      host.tokens.djangoAccess(smith.login, { header: { alg: 'none' } }),
      host.tokens.djangoAccess(smith.login, { claims: { iss: canaries.text('issuer') } }),
      host.tokens.cognitoAccess(john.login, { header: { kid: canaries.text('kid') } }),
      `${canaries.text('token')}.${canaries.text('token')}.${canaries.text('token')}`,
      canaries.text('token'),
    ];
    for (const token of tokens) {
      canaries.keepToken('token', token);
      await callRoutes(host, { token }, subject, told);
      await beTurnedAway(host, token, told);
      told.refusals.push(wholeText(await ask(socket, 'auth:refresh', { token })));
    }
    expect(host.log.lines.slice(linesBefore).map(({ message }) => message)).to.include('A token was not accepted');
    expectNone();
  });

  it('are nowhere when a packet is broken', async () => {
    const broken = await host.connect(john);
    broken.io.engine.write(`2["message:send",{"sessionId":1,"content":"${canaries.text('body')}`);
    await nextEvent(broken, 'disconnect');
    expectNone();
  });

  it('are nowhere when the database refuses what is to be written', async () => {
    const tables = ['messages', 'images', 'chats'];
    for (const table of tables) {
      await database.query(`ALTER TABLE chat.${table} ADD CONSTRAINT never CHECK (false) NOT VALID`);
    }
    await walk();
    for (const table of tables) await database.query(`ALTER TABLE chat.${table} DROP CONSTRAINT never`);
    expect(logged()).to.include('never');
    expectNone();
  });

  it('are nowhere when a row is there already', async () => {
    await database.query('CREATE UNIQUE INDEX just_one ON chat.images (uploader_id) WHERE uploader_id = 3');
    const [{ id: chatId } = { id: 0 }] = await host.chat.chats.list(nia).then(({ chats }) => chats);
    const images = [
      { contentType: 'image/jpeg', bytes: 5 },
      { contentType: 'image/jpeg', bytes: 5 },
    ];
    const answer = await host.as(nia).post(`/api/chats/${chatId}/uploads`, { images });
    await database.query('DROP INDEX chat.just_one');
    expect(answer.status).to.equal(500);
    expect(logged()).to.include('just_one');
    expectNone();
  });

  it('are nowhere when the database is away', async () => {
    proxy.turn('cut');
    await walk();
    proxy.turn('up');
    await until('it is back', async () => (await host.as(null).get('/health')).status === 200);
    expect(logged()).to.include('database_unavailable');
    expectNone();
  });

  it('are nowhere when the directory fails', async () => {
    await database.query('ALTER TABLE customers RENAME TO hidden');
    await walk();
    await database.query('ALTER TABLE hidden RENAME TO customers');
    expect(logged()).to.include('directory_unavailable');
    expectNone();
  });

  it('are nowhere when the image store fails', async () => {
    await place?.fail();
    await walk();
    await place?.recover();
    expect(logged()).to.include('image_store_unavailable');
    expectNone();
  });

  it('are nowhere when the folder for temporary files fails', async () => {
    await breakFolder(tempDir);
    await walk();
    await mendFolder(tempDir);
    expect(host.log.lines.slice(linesBefore)).to.not.be.empty;
    expectNone();
  });

  it('reach nobody outside when a hook fails and quotes them, and the log in what the hook threw alone', async () => {
    withMessage = (content) => {
      throw Object.assign(new Error(`cannot judge: ${content}`), { content });
    };
    await walk();
    expect(canaries.foundIn(told.refusals.join('\n')), 'in refusals').to.deep.equal([]);
    expect(canaries.foundIn(written()), 'in the output').to.deep.equal([]);
    const leaks = host.log.lines.slice(linesBefore).filter((line) => canaries.foundIn(wholeText(line)).length > 0);
    expect(leaks).to.not.be.empty;
    for (const { fields } of leaks) {
      expect(fields['err']).to.be.an('error').with.property('message', 'plugin "curious" failed in beforeSendMessage');
      expect(canaries.foundIn(wholeText({ ...fields, err: undefined }))).to.deep.equal([]);
    }
  });
}
