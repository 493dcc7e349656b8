import { expect } from 'chai';
import type { Browser, Page } from 'playwright-core';
import { startDemoProcess, type DemoProcess } from '../host-example/demo-process.js';
import { expectInOrder, launchBrowser, shownIds, visit, waitForReceipt } from './visitor.js';

describe('a bad network', () => {
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

  it('shows a refused message as failed, and sends it once when it is tried again', async () => {
    const emma = await visit(browser, demo.url, 'customer-1');
    const novak = await visit(browser, demo.url, 'dentist-1');
    await novak.open('Emma Lindqvist');
    await emma.page.getByRole('button', { name: 'More for Emma Lindqvist' }).click();
    await emma.page.getByRole('button', { name: 'Let the next message fail' }).click();
    await emma.page.getByText('The next message of Emma Lindqvist will fail.').waitFor();
    await emma.page.keyboard.press('Escape');

    await emma.say('Does this one arrive?');
    await emma.message('Does this one arrive?').getByText('Not sent.').waitFor();
    await emma.say('This one does.');
    await novak.message('This one does.').waitFor();
    expect(await novak.message('Does this one arrive?').count()).to.equal(0);

    await emma.message('Does this one arrive?').getByRole('button', { name: 'Try again' }).click();
    await novak.message('Does this one arrive?').waitFor();
    await waitForReceipt(emma.message('Does this one arrive?'), 'Read');
    expect(await emma.message('Does this one arrive?').count()).to.equal(1);
    expect(await novak.message('Does this one arrive?').count()).to.equal(1);
    await Promise.all([emma.leave(), novak.leave()]);
  });

  it('makes no second message of one whose answer was lost', async () => {
    const line = cuttableLine();
    const emma = await visit(browser, demo.url, 'customer-1', { prepare: line.route });
    const novak = await visit(browser, demo.url, 'dentist-1');
    await novak.open('Emma Lindqvist');
    await emma.conversation.locator('.presence').getByText('Online').waitFor();

    line.loseAnswers();
    await emma.say('Sent over a broken line');
    await novak.message('Sent over a broken line').waitFor();
    await waitForReceipt(emma.message('Sent over a broken line'), 'Sending');
    await line.cut();

    await waitForReceipt(emma.message('Sent over a broken line'), 'Read');
    await emma.say('And one after it');
    await novak.message('And one after it').waitFor();
    for (const visitor of [emma, novak]) {
      expect(await visitor.message('Sent over a broken line').count()).to.equal(1);
      expectInOrder(await shownIds(visitor));
    }
    await Promise.all([emma.leave(), novak.leave()]);
  });

  it('keeps what was written offline, and catches up with what was missed', async () => {
    const emma = await visit(browser, demo.url, 'customer-1');
    const novak = await visit(browser, demo.url, 'dentist-1');
    await novak.open('Emma Lindqvist');

    await emma.setOffline(true);
    await emma.conversation.getByText('You are offline.').waitFor();
    await emma.say('Written offline, first');
    await emma.say('Written offline, second');
    await waitForReceipt(emma.message('Written offline, second'), 'Waiting for a connection');
    for (let number = 1; number <= 3; number++) {
      await novak.say(`Missed ${number}`);
      await waitForReceipt(novak.message(`Missed ${number}`), /Sent|Delivered/);
    }

    await emma.setOffline(false);
    await emma.message('Missed 3').waitFor();
    await novak.message('Written offline, second').waitFor();
    await waitForReceipt(emma.message('Written offline, second'), 'Read');
    const [one, other] = [await shownIds(emma), await shownIds(novak)];
    expectInOrder(one);
    expect(one.slice(-5)).to.deep.equal(other.slice(-5));
    await Promise.all([emma.leave(), novak.leave()]);
  });

  it('keeps unsent text over a reload of the page', async () => {
    const emma = await visit(browser, demo.url, 'customer-1');
    await emma.conversation.waitFor();
    await emma.setOffline(true);
    await emma.say('Typed in a tunnel');
    await waitForReceipt(emma.message('Typed in a tunnel'), 'Waiting for a connection');
    await emma.page.reload();
    await waitForReceipt(emma.message('Typed in a tunnel'), /Sent|Delivered/);
    expect(await emma.message('Typed in a tunnel').count()).to.equal(1);
    await emma.leave();
  });

  it('gets over a crash of the service', async () => {
    const emma = await visit(browser, demo.url, 'customer-1');
    const novak = await visit(browser, demo.url, 'dentist-1');
    await novak.open('Emma Lindqvist');
    await emma.say('Before the crash');
    await novak.message('Before the crash').waitFor();

    const restarted = demo.crashAndRestart();
    await emma.conversation.getByText('Connecting.').waitFor();
    await emma.say('During the crash');
    await restarted;

    await novak.message('During the crash').waitFor();
    await novak.say('After the crash');
    await emma.message('After the crash').waitFor();
    for (const visitor of [emma, novak]) expectInOrder(await shownIds(visitor));
    await Promise.all([emma.leave(), novak.leave()]);
  });
});

/** A line to the server that can lose what the server says, and be cut. */
function cuttableLine() {
  let losesAnswers = false;
  let close: (() => Promise<void>) | undefined;
  return {
    async route(page: Page): Promise<void> {
      await page.routeWebSocket(/socket\.io/, (socket) => {
        const server = socket.connectToServer();
        losesAnswers = false;
        close = async () => {
          await server.close();
          await socket.close();
        };
        server.onMessage((message) => {
          if (!losesAnswers) socket.send(message);
        });
      });
    },
    loseAnswers: () => void (losesAnswers = true),
    cut: async () => close?.(),
  };
}
