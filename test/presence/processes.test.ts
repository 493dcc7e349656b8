import { expect } from 'chai';
import type { Socket } from 'socket.io-client';
import type { ChatHost } from '../support/chat-host.js';
import { startChat } from '../support/chats.js';
import { people } from '../support/host-tables.js';
import type { SeededPerson } from '../support/host-tables.js';
import { nextEvent, noEvent } from '../support/socket-client.js';
import { until } from '../support/until.js';
import { roundMs, startProcess, type Process } from './process-rounds.js';

const { john, mary, smith } = people;

const reconnecting = { reconnection: true, reconnectionDelay: 10, reconnectionDelayMax: 10 };

/** The id of a process that was killed. */
const dead = '00000000-0000-4000-8000-00000000dead';

describe('who is online, over the processes of one service', () => {
  let here: Process;
  let there: Process;
  let chatId: number;

  beforeEach(async () => {
    here = await startProcess();
    chatId = await startChat(here, john);
    await startChat(here, mary);
    there = await startProcess(here);
  });

  afterEach(async () => {
    await there.close();
    await here.close();
  });

  /** What somebody who connects now is told. */
  async function onlineFor(host: ChatHost, person: SeededPerson): Promise<number[]> {
    const socket = await host.connect(person);
    const { online } = await nextEvent<{ online: number[] }>(socket, 'connected');
    socket.disconnect();
    return online;
  }

  const presenceOf = (id: number) =>
    here.database.query("SELECT process_id FROM chat.presence WHERE person_type = 'customer' AND person_id = $1", [id]);

  const processOf = (id: string) => here.database.query('SELECT 1 FROM chat.processes WHERE id = $1', [id]);

  it('is seen from every one of them', async () => {
    const johns = await there.connect(john);
    expect(await onlineFor(here, smith)).to.deep.equal([chatId]);
    expect(await onlineFor(there, smith)).to.deep.equal([chatId]);
    johns.disconnect();
    await until('John is gone', async () => (await presenceOf(john.id)).length === 0);
    expect(await onlineFor(here, smith)).to.deep.equal([]);
  });

  it('lasts while somebody has a socket in any of them', async () => {
    const smiths = await here.connect(smith);
    const one = await here.connect(john);
    await nextEvent(smiths, 'user:online');
    const two = await there.connect(john);
    expect(await presenceOf(john.id)).to.have.length(2);

    two.disconnect();
    await until('John has left one', async () => (await presenceOf(john.id)).length === 1);
    expect(await onlineFor(there, smith)).to.deep.equal([chatId]);
    await noEvent(smiths, 'user:offline');

    const three = await there.connect(john);
    one.disconnect();
    await until('John has left the other', async () => (await presenceOf(john.id)).length === 1);
    expect(await onlineFor(here, smith)).to.deep.equal([chatId]);
    await noEvent(smiths, 'user:offline');
    await noEvent(smiths, 'user:online');
    three.disconnect();
  });

  describe('where one of them dies', () => {
    let smiths: Socket;

    beforeEach(async () => {
      // All that a process leaves that was killed: what it had written.
      await here.database.query(`INSERT INTO chat.processes VALUES ('${dead}', now() + interval '10 s')`);
      await here.database.query(`INSERT INTO chat.presence VALUES ('customer', ${john.id}, '${dead}')`);
      smiths = await here.connect(smith);
    });

    const leaseRunsOut = () => here.database.query(`UPDATE chat.processes SET expires_at = now() WHERE id = '${dead}'`);

    it('leaves its people online for as long as its lease lasts', async () => {
      expect(await nextEvent(smiths, 'connected')).to.deep.include({ online: [chatId] });
      await roundOfEach();
      expect(await presenceOf(john.id)).to.have.length(1);
      expect(await onlineFor(there, smith)).to.deep.equal([chatId]);
    });

    it('leaves nobody online once its lease ran out, noticed or not', async () => {
      await leaseRunsOut();
      expect(await onlineFor(there, smith)).to.deep.equal([]);
    });

    it('is noticed by another in its next round, which says who is gone', async () => {
      await leaseRunsOut();
      here.nextRound();
      expect(await nextEvent(smiths, 'user:offline')).to.deep.equal({
        ...{ sessionId: chatId, userId: john.id, userType: 'customer' },
      });
      expect(await presenceOf(john.id)).to.have.length(0);
      await until('the dead one is forgotten', async () => (await processOf(dead)).length === 0);
      await roundOfEach();
      await noEvent(smiths, 'user:offline');
    });

    it('is noticed also by a process that starts then, as in every rolling restart', async () => {
      await leaseRunsOut();
      const next = await startProcess(here);
      expect(await presenceOf(john.id)).to.have.length(1);
      next.nextRound();
      expect(await nextEvent(smiths, 'user:offline')).to.include({ userId: john.id });
      await next.close();
    });

    it('is said once of somebody whose other process said that they left', async () => {
      const johns = await there.connect(john);
      await until('John is in both', async () => (await presenceOf(john.id)).length === 2);
      await leaseRunsOut();
      johns.disconnect();
      await until('John has left the other', async () => (await presenceOf(john.id)).length === 1);
      await noEvent(smiths, 'user:offline');
      here.nextRound();
      await nextEvent(smiths, 'user:offline');
      await here.connect(mary);
      await nextEvent(smiths, 'user:online', ({ userId }: { userId: number }) => userId === mary.id);
      await noEvent(smiths, 'user:offline');
    });

    it('is said of all its people, however many', async () => {
      await here.database.query(`
        INSERT INTO customers SELECT n, 'Customer ' || n, NULL, 'login-' || n, ${smith.id} FROM generate_series(100, 1299) n;
        INSERT INTO chat.chats (customer_id, dentist_id) SELECT n, ${smith.id} FROM generate_series(100, 1299) n;
        INSERT INTO chat.presence SELECT 'customer', n, '${dead}' FROM generate_series(100, 1299) n`);
      await leaseRunsOut();
      const gone = new Set<number>();
      smiths.on('user:offline', ({ userId }: { userId: number }) => gone.add(userId));
      here.nextRound();
      await until('all are gone', async () => gone.size === 1_201);
      await until('the dead one is forgotten', async () => (await processOf(dead)).length === 0);
    });

    it('is not the end of those who have a socket elsewhere too', async () => {
      await there.connect(john);
      await leaseRunsOut();
      here.nextRound();
      await until('the dead one is reaped', async () => (await presenceOf(john.id)).length === 1);
      expect(await onlineFor(here, smith)).to.deep.equal([chatId]);
      // Written, and said, behind whatever the round had to say.
      await here.connect(mary);
      await nextEvent(smiths, 'user:online', ({ userId }: { userId: number }) => userId === mary.id);
      await noEvent(smiths, 'user:offline');
    });
  });

  it('is kept by leases that are renewed, and that end within thirty seconds where they are not', async () => {
    const leases = await here.database.query<{ seconds: number }>(
      'SELECT extract(epoch FROM expires_at - now())::float AS seconds FROM chat.processes',
    );
    expect(leases).to.have.length(2);
    // It takes another process one more round to notice.
    for (const { seconds } of leases) expect(seconds).to.be.within(roundMs / 1_000, 30 - roundMs / 1_000);
    await roundOfEach();
  });

  it('goes with a process that closes', async () => {
    const smiths = await here.connect(smith);
    await there.connect(john);
    expect(await presenceOf(john.id)).to.have.length(1);
    await there.chat.close();
    expect(await onlineFor(here, smith)).to.deep.equal([]);
    here.nextRound();
    expect(await nextEvent(smiths, 'user:offline')).to.include({ userId: john.id });
  });

  it('comes back with a process that was away so long that it was taken for dead', async () => {
    const johns = await there.connect(john, reconnecting);
    await nextEvent(johns, 'connected');
    await here.database.query('DELETE FROM chat.processes');
    expect(await onlineFor(here, smith)).to.deep.equal([]);
    there.nextRound();
    // He comes again himself, for he was told of nobody meanwhile.
    await nextEvent(johns, 'connected');
    await until('it is said again that he is there', async () => (await onlineFor(here, smith)).includes(chatId));
  });

  describe('where the leases of processes that live run out, for the database was away', () => {
    const leasesRunOut = () => here.database.query('UPDATE chat.processes SET expires_at = now()');

    it('is told to whoever came meanwhile and was told of nobody', async () => {
      await there.connect(john, reconnecting);
      await leasesRunOut();
      const smiths = await here.connect(smith, reconnecting);
      expect(await nextEvent(smiths, 'connected')).to.deep.include({ online: [] });
      const online = Promise.any([
        nextEvent<{ online: number[] }>(smiths, 'connected', (connected) => connected.online.includes(chatId)),
        nextEvent(smiths, 'user:online'),
      ]);
      here.nextRound();
      there.nextRound();
      await online;
    });

    it('is asked again by those who were told of no change meanwhile', async () => {
      const smiths = await here.connect(smith, reconnecting);
      await nextEvent(smiths, 'connected');
      await here.database.query(
        'UPDATE chat.processes SET expires_at = now() WHERE id IN (SELECT process_id FROM chat.presence)',
      );
      await there.connect(john);
      await until('John is there', async () => (await presenceOf(john.id)).length === 1);
      await noEvent(smiths, 'user:online');
      here.nextRound();
      expect(await nextEvent(smiths, 'connected')).to.deep.include({ online: [chatId] });
    });

    it('has nobody gone whose process is only later with its next round', async () => {
      const smiths = await here.connect(smith, reconnecting);
      await nextEvent(smiths, 'connected');
      await there.connect(john);
      await nextEvent(smiths, 'user:online');
      await leasesRunOut();
      here.nextRound();
      await nextEvent(smiths, 'connected');
      expect(await presenceOf(john.id)).to.have.length(1);
      await noEvent(smiths, 'user:offline');
    });
  });

  it('is asked again by somebody whose coming could not be written at first', async () => {
    await here.database.query(`
      CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'not now'; END $$;
      CREATE TRIGGER refuse BEFORE INSERT ON chat.presence FOR EACH ROW EXECUTE FUNCTION refuse()`);
    const smiths = await here.connect(smith, reconnecting);
    expect(await nextEvent(smiths, 'connected')).to.deep.include({ online: [] });
    await here.database.query('DROP TRIGGER refuse ON chat.presence');
    await there.connect(john);
    await noEvent(smiths, 'user:online');
    here.nextRound();
    expect(await nextEvent(smiths, 'connected')).to.deep.include({ online: [chatId] });
  });

  /** Both renew their leases, of which there are fifteen seconds left at most. */
  async function roundOfEach(): Promise<void> {
    await here.database.query("UPDATE chat.processes SET expires_at = least(expires_at, now() + interval '15 s')");
    here.nextRound();
    there.nextRound();
    await until('both leases are renewed', async () => {
      const [row] = await here.database.query<{ renewed: number }>(
        "SELECT count(*)::int AS renewed FROM chat.processes WHERE expires_at > now() + interval '16 s'",
      );
      return row?.renewed === 2;
    });
  }
});
