import { setTimeout as pause } from 'node:timers/promises';
import { expect } from 'chai';
import { memoryStorage } from '../../../lib/client/index.js';
import type { ChatHost } from '../../support/chat-host.js';
import { say, texts } from '../../support/chats.js';
import { people } from '../../support/host-tables.js';
import { addCustomers } from '../../support/more-customers.js';
import type { Action } from './actions.js';
import type { Service } from './service.js';
import { openTab, type Tab } from './tab.js';

/** More than a page, so that there is something older to load; with what the tabs write, less than the service gives at once. */
const historyLength = 40;
/** How long everybody may take to agree once the lines are good again. */
const settleMs = 20_000;

/** Plays the actions with people of their own. In the end all see what the service has, and what they wrote is in it. */
export async function play(service: Service, actions: readonly Action[]): Promise<void> {
  const [customer] = await addCustomers(service.host, 1);
  if (customer === undefined) throw new Error('no customer was added');
  const { id: chatId } = await service.host.chat.chats.start(customer);
  const history = texts(historyLength, 'long ago');
  await say(service.host, people.smith, chatId, ...history);
  const dentistToken = service.host.tokenOf(people.smith) ?? '';
  const storages = [memoryStorage(), memoryStorage()] as const;
  const common = { chatId, port: service.port };
  const ofCustomer = { ...common, person: customer, storage: storages[0], token: () => customer.token };
  const ofDentist = { ...common, person: people.smith, storage: storages[1], token: () => dentistToken };
  const tabs = [
    await openTab(ofCustomer),
    await openTab(ofCustomer),
    await openTab(ofDentist),
    await openTab(ofDentist),
  ];
  /** Was on its way, perhaps: it arrives or not. */
  const givenUp = new Set<string>();
  try {
    for (const [index, action] of actions.entries()) {
      if (action.kind === 'discard') givenUp.add(tabs[action.tab]?.discard() ?? '');
      else await act(service, tabs, action, `line ${index}`);
    }
    for (const { line } of tabs) {
      line.loseAnswers(0);
      line.restore();
    }
    await settle(service.host, chatId, tabs);
    const said = screenShown(chatId, tabs[0] as Tab).messages.map(({ content }) => content);
    const meant = said.filter((text) => !givenUp.has(text));
    for (const { written } of tabs) {
      const kept = written.filter((text) => !givenUp.has(text));
      expect(meant.filter((text) => kept.includes(text))).to.deep.equal(kept);
    }
    expect(new Set(said)).to.have.property('size', said.length);
    expect(meant.sort()).to.deep.equal(
      [...history, ...tabs.flatMap(({ written }) => written)].filter((text) => !givenUp.has(text)).sort(),
    );
  } finally {
    for (const tab of tabs) await tab.close();
  }
}

async function act(service: Service, tabs: readonly Tab[], action: Action, text: string): Promise<void> {
  if (action.kind === 'let go on') return void (await pause(action.ms));
  if (action.kind === 'restart') {
    await service.restart();
    for (const { line } of tabs) line.lead(service.port);
    return;
  }
  const tab = tabs[action.tab];
  if (tab === undefined) throw new Error(`there is no tab ${action.tab}`);
  if (action.kind === 'write') tab.write(`${text}, by tab ${action.tab}`);
  if (action.kind === 'read') tab.read();
  if (action.kind === 'load older') tab.loadOlder();
  if (action.kind === 'reopen') tab.reopen();
  if (action.kind === 'wake') tab.wake();
  if (action.kind === 'cut') tab.line.cut();
  if (action.kind === 'silence') tab.line.silence();
  if (action.kind === 'restore') tab.line.restore();
  if (action.kind === 'lose answers') tab.line.loseAnswers(2);
  if (action.kind === 'reload') tab.reload();
  if (action.kind === 'refuse token') tab.refuseNextToken();
}

/** Asks again until all agree, or it has taken too long, and then says where they differ. */
async function settle(host: ChatHost, chatId: number, tabs: readonly Tab[]): Promise<void> {
  const giveUpAt = performance.now() + settleMs;
  for (;;) {
    const expected = await Promise.all(tabs.map((tab) => screenOf(host, chatId, tab)));
    const actual = tabs.map((tab) => screenShown(chatId, tab));
    if (JSON.stringify(actual) === JSON.stringify(expected) || performance.now() > giveUpAt) {
      expect(actual).to.deep.equal(expected);
      break;
    }
    await Promise.all(tabs.map(({ client }) => client.loadOlder(chatId)));
    await pause(20);
  }
}

interface Screen {
  readonly status: string;
  readonly messages: readonly { readonly id: number; readonly content: string; readonly isRead: boolean }[];
  readonly unread: number | undefined;
  readonly unsent: number;
}

/** As the service would have it shown. */
async function screenOf({ chat }: ChatHost, chatId: number, { person }: Tab): Promise<Screen> {
  const { messages } = await chat.messages.list(person, { chatId, limit: 100 });
  const { chats } = await chat.chats.list(person);
  const unread = chats.find(({ id }) => id === chatId)?.unreadCount;
  return { status: 'online', messages: messages.map(inBrief), unread, unsent: 0 };
}

function screenShown(chatId: number, { client }: Tab): Screen {
  const { connection, conversations, chatList, outbox } = client.getSnapshot();
  const messages = (conversations.get(chatId)?.messages ?? []).map(inBrief);
  const unread = chatList.chats.find(({ id }) => id === chatId)?.unreadCount;
  return { status: connection.status, messages, unread, unsent: outbox.length };
}

function inBrief({ id, content, isRead }: Screen['messages'][number]): Screen['messages'][number] {
  return { id, content, isRead };
}
