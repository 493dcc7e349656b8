import { expect } from 'chai';
import type { Browser } from 'playwright-core';
import { conversations } from '../../host-example/demo/conversations.js';
import { startDemoProcess, type DemoProcess } from '../host-example/demo-process.js';
import { expectInOrder, launchBrowser, shownIds, visit, type Visitor } from './visitor.js';

describe('the history of a conversation', () => {
  let demo: DemoProcess;
  let browser: Browser;
  let novak: Visitor;
  const withEmma = conversations[0]?.lines ?? [];

  before(async () => {
    browser = await launchBrowser();
    demo = await startDemoProcess();
    novak = await visit(browser, demo.url, 'dentist-1');
    await novak.open('Emma Lindqvist');
  });
  after(async () => {
    await novak?.leave();
    await browser?.close();
    await demo?.stop();
  });

  it('is loaded page by page as one scrolls up, and what one reads stays in its place', async () => {
    const counts = [(await shownIds(novak)).length];
    const beginning = novak.conversation.getByText('This is where your conversation with Emma Lindqvist begins.');

    while ((await beginning.count()) === 0) {
      const [oldest = 0] = await shownIds(novak);
      const before = await novak.page.evaluate<number>(`
        document.querySelector('.messages-scroll').scrollTop = 0;
        document.querySelector('[data-message-id="${oldest}"]').getBoundingClientRect().top`);
      await novak.conversation
        .locator(`[data-message-id] ~ [data-message-id="${oldest}"]`)
        .waitFor({ state: 'attached' });
      const after = await novak.page.evaluate<number>(
        `document.querySelector('[data-message-id="${oldest}"]').getBoundingClientRect().top`,
      );
      expect(after, 'the place of what was the oldest message').to.be.closeTo(before, 1);
      counts.push((await shownIds(novak)).length);
    }

    const ids = await shownIds(novak);
    expectInOrder(ids);
    expect(ids).to.have.length(withEmma.length);
    expect(counts).to.deep.equal([30, 60, withEmma.length]);
  });

  it('has the way back to the newest, with what came in the meantime', async () => {
    const emma = await visit(browser, demo.url, 'customer-1');
    const latest = novak.conversation.getByRole('button', { name: 'Latest' });
    await latest.waitFor();
    await emma.say('Are you still there?');
    const two = novak.conversation.getByRole('button', { name: '1 new message' });
    await two.waitFor();
    expect(await novak.row('Emma Lindqvist').textContent()).to.include('1 unread message');

    await two.click();
    await two.waitFor({ state: 'hidden' });
    await novak.row('Emma Lindqvist').locator('.unread').waitFor({ state: 'detached' });
    await emma.leave();
  });

  it('stays at the newest while a long message is written below it', async () => {
    const { composer, conversation } = novak;
    await composer.fill('one\ntwo\nthree\nfour\nfive\nsix');
    for (const letter of 'more') await composer.press(letter);
    // A frame later whatever the keys have moved has been seen.
    await novak.page.evaluate('new Promise((seen) => requestAnimationFrame(() => requestAnimationFrame(seen)))');
    expect(await conversation.getByRole('button', { name: 'Latest' }).isVisible()).to.equal(false);
    await composer.fill('');
  });

  it('fills a window that is taller than a page of it', async () => {
    const tall = await visit(browser, demo.url, 'customer-1', { viewport: { width: 1180, height: 6000 } });
    await tall.conversation.getByText('This is where your conversation with Dr. Clara Novak begins.').waitFor();
    expectInOrder(await shownIds(tall));
    await tall.leave();
  });

  it('separates the days', async () => {
    const days = await novak.conversation.locator('.day').allInnerTexts();
    expect(days).to.deep.equal([...new Set(days)]);
    expect(days.at(-1)).to.equal('Today');
  });
});
