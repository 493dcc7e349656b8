import { expect } from 'chai';
import { chromium, type Browser, type BrowserContextOptions, type Locator, type Page } from 'playwright-core';

/** Somebody in front of the demo's page, in a browser profile of their own. */
export interface Visitor {
  readonly page: Page;
  /** The chat's own parts of the page. */
  readonly list: Locator;
  readonly conversation: Locator;
  readonly composer: Locator;
  /** The message of this text in the open conversation. */
  message(text: string): Locator;
  /** A row of the list. */
  row(name: string): Locator;
  /** Opens a conversation from the list and waits until it is loaded. */
  open(name: string): Promise<void>;
  say(text: string): Promise<void>;
  /** Waits for the window's title. */
  hasTitle(title: string): Promise<void>;
  /** Flips the demo's switch. */
  setOffline(isOffline: boolean): Promise<void>;
  leave(): Promise<void>;
}

export async function launchBrowser(): Promise<Browser> {
  return chromium.launch({
    executablePath: process.env['CHROMIUM_PATH'] ?? '/usr/bin/chromium',
    args: [
      '--headless',
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
}

/** Opens the page as one person (`customer-1`), or at any other query. */
export async function visit(
  browser: Browser,
  url: string,
  who: string,
  options: BrowserContextOptions & { prepare?: (page: Page) => Promise<void> } = {},
): Promise<Visitor> {
  const context = await browser.newContext({ locale: 'en-GB', viewport: { width: 1180, height: 800 }, ...options });
  context.setDefaultTimeout(30_000);
  const page = await context.newPage();
  const faults: string[] = [];
  page.on('pageerror', (error) => faults.push(error.message));
  await options.prepare?.(page);
  await page.goto(who.startsWith('?') ? url + who : `${url}/?as=${who}`);

  const conversation = page.getByRole('region', { name: /^Conversation with/ });
  const composer = conversation.getByRole('textbox');
  const list = page.getByRole('navigation');
  await list.or(conversation).first().waitFor();

  return {
    ...{ page, list, conversation, composer },
    message: (text) => conversation.locator('.message').filter({ hasText: text }),
    row: (name) => list.getByRole('button', { name: new RegExp(name) }),
    async open(name) {
      await list.getByRole('button', { name: new RegExp(name) }).click();
      await page.getByRole('region', { name: `Messages with ${name}` }).waitFor();
    },
    async say(text) {
      await composer.fill(text);
      await composer.press('Enter');
    },
    async hasTitle(title) {
      const isSo = (expected: string): boolean =>
        (globalThis as { document?: { title: string } }).document?.title === expected;
      await page.waitForFunction(isSo, title);
    },
    async setOffline(isOffline) {
      const control = page.getByRole('switch', { name: 'Offline' });
      if ((await control.getAttribute('aria-checked')) !== String(isOffline)) await control.click();
    },
    async leave() {
      await context.close();
      expect(faults, 'errors in the page').to.deep.equal([]);
    },
  };
}

/** How far a message has come, as its receipt says it: waits until it says so. */
export async function waitForReceipt(message: Locator, word: string | RegExp): Promise<void> {
  await message.locator('.receipt', { hasText: word }).waitFor();
}

/** The ids of the open conversation's messages, from top to bottom. */
export async function shownIds({ page }: Visitor): Promise<number[]> {
  // As text: the DOM's types are not this program's.
  return page.evaluate(
    `[...document.querySelectorAll('[data-message-id]')].map((message) => Number(message.dataset.messageId))`,
  );
}

/** Each once, and in the order of sending. */
export function expectInOrder(ids: readonly number[]): void {
  expect(ids).to.deep.equal([...new Set(ids)].sort((a, b) => a - b));
}
