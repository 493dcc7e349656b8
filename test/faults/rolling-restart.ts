import { setTimeout as delay } from 'node:timers/promises';
import { createChatClient, type ChatClient, type ClientSnapshot } from '../../lib/client/index.js';
import type { SeededPerson } from '../support/host-tables.js';
import { startBalancer } from './balancer.js';
import type { Service } from './service.js';
import type { Trial } from './trial.js';

/** Between two messages of one person. */
const pauseMs = 100;
/** How long somebody may be without a connection. */
const awayMs = 5_000;
/** How long the last messages may take to come. */
const patienceMs = 45_000;
/** Of the client. */
const pageSize = 50;

/** A page of somebody, with the chat in view, which writes on and on. */
interface Page {
  readonly name: string;
  readonly chatId: number;
  readonly client: ChatClient;
  /** What was written here, in that order. */
  readonly written: string[];
  /** Whatever the page has shown that is more than a connection that is made anew. */
  readonly shownFaults: Set<string>;
  breaks: number;
  longestMs: number;
}

let runs = 0;

/**
 * What people notice, who use the package's own client behind a load balancer, while the processes are replaced in turn:
 * connections that are made anew.
 */
export const rollingRestart: Trial = {
  name: 'a rolling restart behind a load balancer',
  async run(service) {
    runs += 1;
    const since = Math.max(1, ...(await service.newestMessages()).values());
    const balancer = await startBalancer(service.processes.map(({ proxy }) => proxy.target));
    const pages = service.chats.flatMap(({ id, customer, dentist }) =>
      [customer, dentist].map((person) => openPage(service, balancer.url, id, person)),
    );
    try {
      await all(pages, ({ client, chatId }) => client.getSnapshot().conversations.get(chatId)?.phase === 'ready');
      let isOver = false;
      const writing = pages.map((page) => writeUntil(page, () => isOver));
      await delay(500);
      const began = performance.now();
      for (const process of service.processes) {
        await process.close();
        await process.start();
      }
      const tookMs = performance.now() - began;
      await delay(500);
      isOver = true;
      await Promise.all(writing);
      await all(pages, (page) => hasAll(page, pages));
      const breaks = pages.reduce((sum, page) => sum + page.breaks, 0);
      const longestMs = Math.max(...pages.map((page) => page.longestMs));
      const count = pages.reduce((sum, { written }) => sum + written.length, 0);
      return {
        said: `${(tookMs / 1_000).toFixed(1)} s; ${count} messages, ${breaks} connections made anew, ${longestMs.toFixed(0)} ms at most without one`,
        faults: [
          ...service.incidents.splice(0),
          ...(breaks === 0 ? ['nobody lost a connection: nothing was tried'] : []),
          ...pages.flatMap(judgeShown),
          ...(await judgeStored(service, pages, since)),
        ],
      };
    } finally {
      for (const { client } of pages) client.disconnect();
      await balancer.close();
    }
  },
};

function openPage({ tokenOf }: Service, url: string, chatId: number, person: SeededPerson): Page {
  const client = createChatClient({ url, getToken: () => tokenOf(person) });
  const page: Page = {
    name: `${person.name} in ${chatId}`,
    chatId,
    client,
    written: [],
    shownFaults: new Set(),
    breaks: 0,
    longestMs: 0,
  };
  let wasOnline = false;
  let brokenAt = 0;
  client.subscribe(() => {
    const snapshot = client.getSnapshot();
    for (const fault of faultsShown(snapshot)) page.shownFaults.add(fault);
    const isNow = isOnline(client);
    if (wasOnline && !isNow) {
      page.breaks += 1;
      brokenAt = performance.now();
    }
    if (!wasOnline && isNow && brokenAt > 0) page.longestMs = Math.max(page.longestMs, performance.now() - brokenAt);
    wasOnline = isNow;
  });
  client.openChat(chatId);
  client.connect();
  return page;
}

function faultsShown({ connection, chatList, conversations, outbox }: ClientSnapshot): string[] {
  const faults: string[] = [];
  if (connection.status === 'refused') faults.push(`the connection is refused (${connection.code})`);
  if (chatList.phase === 'failed') faults.push('the list has failed');
  for (const { phase } of conversations.values()) if (phase === 'failed') faults.push('the conversation has failed');
  for (const { status, failure } of outbox) {
    if (status === 'failed') faults.push(`a message has failed (${failure?.code})`);
  }
  return faults;
}

async function writeUntil(page: Page, isOver: () => boolean): Promise<void> {
  while (!isOver()) {
    const text = `${textOf(page.name)}${page.written.length + 1}`;
    page.client.send(page.chatId, text);
    page.written.push(text);
    await delay(pauseMs);
  }
}

async function all(pages: readonly Page[], isSo: (page: Page) => boolean): Promise<void> {
  for (const deadline = performance.now() + patienceMs; performance.now() < deadline && !pages.every(isSo);)
    await delay(20);
}

function isOnline(client: ChatClient): boolean {
  return client.getSnapshot().connection.status === 'online';
}

/** Nothing is left to be sent, and the last of each is shown. */
function hasAll({ chatId, client }: Page, pages: readonly Page[]): boolean {
  const shown = shownTexts(client, chatId);
  const others = pages.filter((page) => page.chatId === chatId);
  return (
    client.getSnapshot().outbox.length === 0 && others.every(({ written }) => shown.includes(written.at(-1) ?? ''))
  );
}

function shownTexts(client: ChatClient, chatId: number): string[] {
  const { messages = [] } = client.getSnapshot().conversations.get(chatId) ?? {};
  return messages.map(({ content }) => content);
}

function judgeShown(page: Page): string[] {
  const faults = [...page.shownFaults];
  if (page.longestMs > awayMs) faults.push(`without a connection for ${page.longestMs.toFixed(0)} ms`);
  if (!isOnline(page.client)) faults.push('without a connection in the end');
  return faults.map((fault) => `${page.name}: ${fault}`);
}

interface Stored {
  readonly chatId: number;
  readonly content: string;
}

/** Each is there once, in the order of its writer, and everybody is shown the end of the chat as it is. */
async function judgeStored({ database }: Service, pages: readonly Page[], since: number): Promise<string[]> {
  const rows = await database.query<Stored>(
    'SELECT chat_id::int AS "chatId", content FROM chat.messages WHERE id > $1 ORDER BY id',
    [since],
  );
  const isSame = (some: readonly string[], others: readonly string[]): boolean => some.join('\n') === others.join('\n');
  return pages.flatMap(({ name, chatId, client, written }) => {
    const stored = rows.filter((row) => row.chatId === chatId).map(({ content }) => content);
    const theirs = stored.filter((content) => content.startsWith(textOf(name)));
    const shown = shownTexts(client, chatId);
    const faults: string[] = [];
    if (!isSame(theirs, written)) faults.push(`${name}: wrote ${written.length}, and ${theirs.length} are there`);
    // After a long absence a client begins anew with the newest page.
    if (
      shown.length < Math.min(pageSize, stored.length) ||
      !isSame(shown.slice(-stored.length), stored.slice(-shown.length))
    )
      faults.push(
        `${name}: shows ${shown.length} messages that are not the last of the ${stored.length} that are there`,
      );
    return faults;
  });
}

function textOf(name: string): string {
  return `rolling ${runs}, ${name}: `;
}
