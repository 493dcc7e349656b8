import { setTimeout as pause } from 'node:timers/promises';
import { expect } from 'chai';
import { memoryStorage } from '../../../lib/client/index.js';
import type { ChatHost } from '../../support/chat-host.js';
import { people } from '../../support/host-tables.js';
import { addCustomers } from '../../support/more-customers.js';
import type { Action } from './actions.js';
import type { Service } from './service.js';
import { openTab, type Tab } from './tab.js';

/** How long everybody may take to agree once the lines are good again. */
const settleMs = 20_000;

/** Plays the actions with people of their own. In the end all see what the service has, and what they wrote is in it. */
export async function play(service: Service, actions: readonly Action[]): Promise<void> {
  const [customer] = await addCustomers(service.host, 1);
  if (customer === undefined) throw new Error('no customer was added');
  const { id: chatId } = await service.host.chat.chats.start(customer);
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
  try {
    for (const [index, action] of actions.entries()) await act(service, tabs, action, `line ${index}`);
    for (const { line } of tabs) {
      line.loseAnswers(0);
      line.restore();
    }
    await settle(service.host, chatId, tabs);
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
  const said = screenShown(chatId, tabs[0] as Tab).messages.map(({ content }) => content);
  for (const { written } of tabs) expect(said.filter((text) => written.includes(text))).to.deep.equal(written);
  expect(said).to.have.length(tabs.reduce((sum, { written }) => sum + written.length, 0));
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
