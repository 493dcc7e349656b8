import axe from 'axe-core';
import { expect } from 'chai';
import type { Browser, Page } from 'playwright-core';
import { startDemoProcess, type DemoProcess } from '../host-example/demo-process.js';
import { launchBrowser, visit, waitForReceipt } from './visitor.js';

describe('the page, for everybody', () => {
  let demo: DemoProcess;
  let browser: Browser;

  before(async () => {
    browser = await launchBrowser();
    demo = await startDemoProcess();
  });
  after(async () => {
    await browser?.close();
    await demo?.stop();
  });

  it('works by keyboard alone', async () => {
    const novak = await visit(browser, demo.url, 'dentist-1');
    const { keyboard } = novak.page;
    const focused = novak.page.locator(':focus');
    await novak.row('Emma Lindqvist').waitFor();

    // The list is one stop: arrows move within it.
    for (let stops = 0; !(await focused.and(novak.page.locator('.chat-row')).count()); stops++) {
      expect(stops).to.be.below(10);
      await keyboard.press('Tab');
    }
    expect(await focused.textContent()).to.include('Jonas Weber');
    await keyboard.press('ArrowDown');
    expect(await focused.textContent()).to.include('Emma Lindqvist');
    await keyboard.press('Home');
    await keyboard.press('Enter');

    await novak.page.getByRole('region', { name: 'Messages with Jonas Weber' }).waitFor();
    await novak.composer.and(focused).waitFor();
    await keyboard.type('Of course you can play.');
    await keyboard.press('Shift+Enter');
    await keyboard.type('Practise ten minutes a day at first.');
    await keyboard.press('Enter');
    await waitForReceipt(novak.message('Practise ten minutes'), 'Sent');
    expect(await novak.message('Of course you can play.').locator('.message-text').innerText()).to.equal(
      'Of course you can play.\nPractise ten minutes a day at first.',
    );

    await keyboard.press('Escape');
    await novak.row('Jonas Weber').and(focused).waitFor();
    await novak.leave();
  });

  it('says new messages to a screen reader, and history not', async () => {
    const emma = await visit(browser, demo.url, 'customer-1');
    const jonas = await visit(browser, demo.url, 'customer-2');
    const novak = await visit(browser, demo.url, 'dentist-1');
    await novak.open('Jonas Weber');
    const log = novak.page.getByRole('log', { name: 'New messages from Jonas Weber' });
    expect(await log.textContent()).to.equal('');
    expect(await log.getAttribute('aria-live')).to.equal('polite');
    await emma.say('For another conversation');
    await jonas.say('Thank you!');
    await log.getByText('Jonas Weber: Thank you!').waitFor();
    expect(await log.textContent()).to.equal('Jonas Weber: Thank you!');
    await Promise.all([emma.leave(), jonas.leave(), novak.leave()]);
  });

  it('fits a narrow phone: one person, one thing at a time', async () => {
    const phone = { viewport: { width: 360, height: 740 }, isMobile: true, hasTouch: true };
    const both = await visit(browser, demo.url, '?left=customer-1&right=dentist-1', phone);
    const { page } = both;
    await page.getByRole('region', { name: 'Messages with Dr. Clara Novak' }).waitFor();
    await expectNoSidewaysScroll(page);

    await page
      .getByRole('group', { name: 'Whose phone' })
      .getByRole('button', { name: /Dr\. Clara Novak/ })
      .tap();
    await both.row('Emma Lindqvist').tap();
    await page.getByRole('region', { name: 'Messages with Emma Lindqvist' }).waitFor();
    expect(await both.list.isVisible()).to.equal(false);
    await expectNoSidewaysScroll(page);

    // On a touch keyboard Enter makes a line; the button sends.
    await both.composer.fill('From a phone');
    await both.conversation.getByRole('button', { name: 'Send' }).tap();
    await both.message('From a phone').waitFor();
    await page.getByRole('button', { name: /Back to all conversations/ }).tap();
    await both.row('Emma Lindqvist').waitFor();
    await both.leave();
  });

  for (const colorScheme of ['light', 'dark'] as const) {
    it(`passes the accessibility rules of axe in the ${colorScheme} scheme`, async () => {
      const both = await visit(browser, demo.url, '?left=customer-1&right=dentist-2', { colorScheme });
      const { page } = both;
      await page.getByRole('region', { name: 'Messages with Dr. Clara Novak' }).waitFor();
      expect(await violations(page), 'two side by side').to.deep.equal([]);

      await page.getByRole('button', { name: 'More for Emma Lindqvist' }).click();
      await page.getByRole('button', { name: 'Let the next message fail' }).click();
      expect(await violations(page), 'the menu').to.deep.equal([]);
      await page.keyboard.press('Escape');
      await both.say('This one fails');
      await both.message('This one fails').getByText('Not sent.').waitFor();
      await both.setOffline(true).catch(() => page.getByRole('switch').first().click());
      await both.say('This one waits');
      expect(await violations(page), 'failed, waiting and offline').to.deep.equal([]);

      await page
        .getByRole('button', { name: /Photo 1 of 1 photo/ })
        .first()
        .click();
      await page.getByRole('dialog').waitFor();
      expect(await violations(page), 'a photo').to.deep.equal([]);
      await page.keyboard.press('Escape');
      await both.message('This one fails').getByRole('button', { name: 'Delete' }).click();
      await both.leave();

      const phone = await visit(browser, demo.url, 'dentist-1', { colorScheme, viewport: { width: 360, height: 740 } });
      await phone.row('Jonas Weber').waitFor();
      expect(await violations(phone.page), 'a list on a phone').to.deep.equal([]);
      await phone.leave();
    });
  }
});

async function expectNoSidewaysScroll(page: Page): Promise<void> {
  const widths = await page.evaluate(`({
    page: document.documentElement.scrollWidth,
    wide: [...document.querySelectorAll('main *')]
      .filter((one) => one.checkVisibility() && one.getBoundingClientRect().right > innerWidth + 1)
      .map((one) => one.className),
  })`);
  expect(widths).to.deep.equal({ page: 360, wide: [] });
}

/** What axe finds, in one line each. */
async function violations(page: Page): Promise<string[]> {
  await page.evaluate(axe.source);
  return page.evaluate(`(async () => {
    // A colour in the middle of a transition has no contrast to speak of.
    await Promise.allSettled(document.getAnimations().map((animation) =>
      animation.effect.getComputedTiming().iterations === Infinity ? null : animation.finished));
    const { violations } = await axe.run();
    return violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => id + ': ' + html));
  })()`);
}
