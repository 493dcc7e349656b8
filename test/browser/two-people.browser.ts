import { expect } from 'chai';
import type { Browser, Page } from 'playwright-core';
import { startDemoProcess, type DemoProcess } from '../host-example/demo-process.js';
import { launchBrowser, visit, waitForReceipt } from './visitor.js';

describe('two people in browsers', () => {
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

  it('talk to each other, one with a Cognito token and one with a Django token', async () => {
    const headers: Record<string, unknown>[] = [];
    const emma = await visit(browser, demo.url, 'customer-1', { prepare: noteTokens(headers) });
    const novak = await visit(browser, demo.url, 'dentist-1', { prepare: noteTokens(headers) });
    await novak.open('Emma Lindqvist');

    await emma.say('Good morning, may I ask something?');
    await novak.message('Good morning, may I ask something?').waitFor();
    await novak.say('Of course, Emma.');
    await emma.message('Of course, Emma.').waitFor();

    expect(await emma.message('may I ask something').getAttribute('data-mine')).to.equal('true');
    expect(await emma.message('Of course').getAttribute('data-mine')).to.equal('false');
    expect(headers.map(({ alg }) => alg)).to.include.members(['RS256', 'HS256']);
    await Promise.all([emma.leave(), novak.leave()]);
  });

  it('are told what they have not read, and where it begins', async () => {
    const jonas = await visit(browser, demo.url, 'customer-2');
    const novak = await visit(browser, demo.url, 'dentist-1');
    const before = Number(await novak.row('Jonas Weber').locator('.unread').innerText().then(parseInt));

    await jonas.say('Is the fitting next week?');
    await novak
      .row('Jonas Weber')
      .filter({ hasText: `${before + 1} unread messages` })
      .waitFor();
    expect(await novak.row('Jonas Weber').innerText()).to.include('Is the fitting next week?');
    await novak.hasTitle(`(${before + 1}) Fernhill Dental`);

    await novak.open('Jonas Weber');
    await novak.conversation.getByText('New messages', { exact: true }).waitFor();
    await novak.row('Jonas Weber').locator('.unread').waitFor({ state: 'detached' });
    await novak.hasTitle('Fernhill Dental');
    await Promise.all([jonas.leave(), novak.leave()]);
  });

  it('see each other type', async () => {
    const emma = await visit(browser, demo.url, 'customer-1');
    const novak = await visit(browser, demo.url, 'dentist-1');
    await novak.open('Emma Lindqvist');

    await emma.composer.pressSequentially('I was wond');
    await novak.conversation.getByText('Dr. Clara Novak is typing').waitFor({ state: 'detached' });
    await novak.conversation.getByText('Emma Lindqvist is typing').waitFor({ state: 'attached' });
    await novak.row('Emma Lindqvist').getByText('typing…').waitFor();
    await emma.composer.press('Enter');
    await novak.message('I was wond').waitFor();
    await novak.conversation.getByText('Emma Lindqvist is typing').waitFor({ state: 'detached' });
    await Promise.all([emma.leave(), novak.leave()]);
  });

  it('see each other come and go, and how far a message has come', async () => {
    const emma = await visit(browser, demo.url, 'customer-1');
    const presence = emma.conversation.locator('.presence');
    await presence.getByText('Offline').waitFor();
    await emma.say('Just so you know: all is well.');
    await waitForReceipt(emma.message('all is well'), 'Sent');

    const novak = await visit(browser, demo.url, 'dentist-1');
    await presence.getByText('Online').waitFor();
    await waitForReceipt(emma.message('all is well'), 'Delivered');

    await novak.open('Emma Lindqvist');
    await waitForReceipt(emma.message('all is well'), 'Read');

    await novak.leave();
    await presence.getByText('Offline').waitFor();
    await emma.leave();
  });

  it('begin: a customer starts a chat, and the dentist sees it at once', async () => {
    const okafor = await visit(browser, demo.url, 'dentist-2');
    await okafor.list.getByText('No conversations yet.').waitFor();
    const amara = await visit(browser, demo.url, 'customer-3');
    await amara.list.getByRole('button', { name: 'Start a conversation' }).click();
    await amara.conversation.getByText('This is where your conversation with Dr. Samuel Okafor begins.').waitFor();

    await okafor.open('Amara Diallo');
    await amara.say('Hello! I am new here.');
    await okafor.message('Hello! I am new here.').waitFor();
    await Promise.all([amara.leave(), okafor.leave()]);
  });

  it('share one window: what is written on the left appears on the right', async () => {
    const both = await visit(browser, demo.url, '?left=customer-1&right=dentist-1');
    const [left, right] = [
      both.page.getByRole('region', { name: 'Emma Lindqvist, customer' }),
      both.page.getByRole('region', { name: 'Dr. Clara Novak, dentist' }),
    ];
    await left.getByRole('textbox').fill('Both of us in one window');
    await left.getByRole('textbox').press('Enter');
    await right.getByRole('button', { name: /Emma Lindqvist.*Both of us in one window/ }).click();
    await right.locator('.message').filter({ hasText: 'Both of us in one window' }).waitFor();
    await both.leave();
  });
});

/** Notes the header of each token that the page sends, over REST. */
function noteTokens(headers: Record<string, unknown>[]): (page: Page) => Promise<void> {
  return async (page) => {
    page.on('request', (request) => {
      const token = /^Bearer (\S+)$/.exec(request.headers()['authorization'] ?? '')?.[1];
      const header = token?.split('.')[0];
      if (header !== undefined)
        headers.push(JSON.parse(Buffer.from(header, 'base64url').toString()) as Record<string, unknown>);
    });
  };
}
