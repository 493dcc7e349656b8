import { expect } from 'chai';
import type { Socket } from 'socket.io-client';
import type { Directory } from '../../lib/index.js';
import { photo, preUpload } from '../images/support.js';
import { startHookedHost, type HookedHost } from '../plugins/hooked-host.js';
import { ask } from '../support/ask.js';
import { startChatHost, type ChatHost } from '../support/chat-host.js';
import { startChat, texts } from '../support/chats.js';
import { people } from '../support/host-tables.js';
import { roundTrip } from '../support/socket-client.js';

const { mary, smith } = people;

interface Ack {
  readonly ok: boolean;
  readonly message?: { readonly id: number; readonly content: string };
  readonly error?: { readonly code: string };
}

const sendOver = (socket: Socket, sessionId: number, content: string, more: object = {}): Promise<Ack> =>
  ask(socket, 'message:send', { sessionId, content, ...more });

async function textsOf(host: ChatHost, chatId: number): Promise<string[]> {
  const { messages } = await host.chat.messages.list(smith, { chatId, limit: 100 });
  return messages.map(({ content }) => content);
}

/** Opened once; and what waits for it. */
function createGate(): { readonly opened: Promise<void>; open(): void } {
  let open = (): void => undefined;
  const opened = new Promise<void>((resolve) => (open = resolve));
  return { opened, open: () => open() };
}

describe('texts that one person sends over one socket without waiting for acks', () => {
  it('are stored in that order, however many there are', async () => {
    const host = await startChatHost();
    try {
      const chatId = await startChat(host, mary);
      const socket = await host.connect(mary);
      const sent = texts(20, 'pipelined');
      const acks = await Promise.all(sent.map((content) => sendOver(socket, chatId, content)));
      const ids = acks.map(({ message }) => message?.id ?? 0);
      expect(ids).to.deep.equal(ids.toSorted((a, b) => a - b));
      expect(await textsOf(host, chatId)).to.deep.equal(sent);
    } finally {
      await host.close();
    }
  });

  it('are stored in that order while the directory is asked about the first of them', async () => {
    const questions: (() => void)[] = [];
    let asked = createGate();
    let answersAtOnce = false;
    const findAssignments: Directory['findAssignments'] = async (ids) => {
      await new Promise<void>((answer) => {
        if (answersAtOnce) return answer();
        questions.push(answer);
        asked.open();
        asked = createGate();
      });
      return ids.map((customerId) => ({ customerId, dentistId: smith.id }));
    };
    function answerAll(): void {
      answersAtOnce = true;
      for (const answer of questions) answer();
    }
    const seeded = Object.values(people);
    const directory: Directory = {
      findPeople: async (refs) =>
        seeded.filter((person) => refs.some(({ type, id }) => person.type === type && person.id === id)),
      findAssignedDentist: async () => smith.id,
      findAssignments,
      findByLogin: async (type, login) =>
        seeded.find((person) => person.type === type && person.login === login) ?? null,
    };
    const host = await startChatHost({ directory });
    try {
      const socket = await host.connect(smith);
      // Nobody has asked about this customer before.
      const [row] = await host.database.query<{ id: string }>(
        'INSERT INTO chat.chats (customer_id, dentist_id) VALUES ($1, $2) RETURNING id',
        [mary.id, smith.id],
      );
      const chatId = Number(row?.id);
      const wasAsked = asked.opened;
      const acks = [sendOver(socket, chatId, 'first')];
      await wasAsked;
      // It comes while that question is under way, and is asked about in the next.
      acks.push(sendOver(socket, chatId, 'second'));
      await roundTrip(socket);
      questions[0]?.();
      await acks[0];
      // What the first answer says is good for this one: it needs no other.
      acks.push(sendOver(socket, chatId, 'third'));
      await roundTrip(socket);
      answerAll();
      for (const ack of await Promise.all(acks)) expect(ack).to.include({ ok: true });
      expect(await textsOf(host, chatId)).to.deep.equal(['first', 'second', 'third']);
    } finally {
      answerAll();
      await host.close();
    }
  });

  describe('and hooks look at', () => {
    let hooked: HookedHost;
    let socket: Socket;
    let chatId: number;
    let gate: ReturnType<typeof createGate>;
    /** The texts that have come to the hook. */
    let seen: string[];
    let sawOne: ReturnType<typeof createGate>;

    before(async () => {
      hooked = await startHookedHost();
      chatId = await startChat(hooked, mary);
      socket = await hooked.connect(mary);
    });
    after(() => hooked.close());

    beforeEach(() => {
      [gate, seen, sawOne] = [createGate(), [], createGate()];
      hooked.set('first', 'beforeSendMessage', async ({ content }: { content: string }) => {
        seen.push(content);
        sawOne.open();
        sawOne = createGate();
        if (content.startsWith('slow')) await gate.opened;
        if (content.includes('refused')) throw new Error('not today');
      });
    });
    afterEach(() => {
      gate.open();
      hooked.reset();
    });

    async function untilSeen(content: string): Promise<void> {
      while (!seen.includes(content)) await sawOne.opened;
    }

    /** What is stored of these, in its order. */
    async function stored(prefix: string): Promise<string[]> {
      return (await textsOf(hooked, chatId)).filter((content) => content.includes(prefix));
    }

    it('are stored in that order, though the hook takes longer for the first', async () => {
      const acks = [sendOver(socket, chatId, 'slow a'), sendOver(socket, chatId, 'quick a')];
      await untilSeen('quick a');
      await roundTrip(socket);
      gate.open();
      for (const ack of await Promise.all(acks)) expect(ack).to.include({ ok: true });
      expect(await stored(' a')).to.deep.equal(['slow a', 'quick a']);
    });

    it('keep that order, and are stored, where one before them or between them is refused', async () => {
      const sent = ['slow b', 'slow refused b', 'refused b', 'quick b'];
      const acks = sent.map((content) => sendOver(socket, chatId, content));
      await untilSeen('quick b');
      await acks[2];
      await roundTrip(socket);
      gate.open();
      expect((await Promise.all(acks)).map(({ ok }) => ok)).to.deep.equal([true, false, false, true]);
      expect(await stored(' b')).to.deep.equal(['slow b', 'quick b']);
    });

    it('wait for none of another chat or person', async () => {
      const slow = sendOver(socket, chatId, 'slow c');
      await untilSeen('slow c');
      const ofSmith = await hooked.connect(smith);
      const slowElsewhere = sendOver(ofSmith, hooked.chatId, 'slow elsewhere c');
      await untilSeen('slow elsewhere c');
      expect(await sendOver(ofSmith, chatId, "the other's c")).to.include({ ok: true });
      gate.open();
      await Promise.all([slow, slowElsewhere]);
      expect(await stored(' c')).to.deep.equal(["the other's c", 'slow c']);
    });

    it('wait for no picture', async () => {
      const key = await preUpload(hooked, mary, chatId, await photo());
      const picture = sendOver(socket, chatId, 'slow picture d', { imageUrls: [key] });
      await untilSeen('slow picture d');
      expect(await sendOver(socket, chatId, 'text d')).to.include({ ok: true });
      gate.open();
      await picture;
      expect(await stored(' d')).to.deep.equal(['text d', 'slow picture d']);
    });

    it('wait for nothing that the hook itself sends in their names', async () => {
      hooked.set('first', 'beforeSendMessage', async ({ content }: { content: string }) => {
        if (content === 'outer e') await hooked.chat.messages.send(mary, { chatId, content: 'inner e' });
      });
      expect(await sendOver(socket, chatId, 'outer e')).to.include({ ok: true });
      expect(await stored(' e')).to.deep.equal(['inner e', 'outer e']);
    });
  });
});
