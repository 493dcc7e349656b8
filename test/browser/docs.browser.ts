import axe from 'axe-core';
import { expect } from 'chai';
import type { Browser, Page } from 'playwright-core';
import { startDemoProcess, type DemoProcess } from '../host-example/demo-process.js';
import { launchBrowser } from './visitor.js';

describe('the contracts in the demo', () => {
  let demo: DemoProcess;
  let browser: Browser;
  let page: Page;
  let faults: string[];

  before(async () => {
    browser = await launchBrowser();
    demo = await startDemoProcess();
  });
  after(async () => {
    await browser?.close();
    await demo?.stop();
  });

  beforeEach(async () => {
    faults = [];
    page = await browser.newPage();
    page.on('pageerror', (error) => faults.push(error.message));
    page.on('console', (message) => {
      if (message.type() === 'error') faults.push(message.text());
    });
    page.on('request', (request) => {
      if (!request.url().startsWith(demo.url) && !/^(?:data|blob):/.test(request.url())) faults.push(request.url());
    });
  });
  afterEach(async () => {
    await page.close();
    expect(faults, 'errors, and requests to elsewhere').to.deep.equal([]);
  });

  it('show the REST API, which can be tried out there', async () => {
    await page.goto(demo.url);
    await page.getByRole('link', { name: 'API' }).click();
    const list = page.locator('#operations-default-listChats');
    await list.getByText('/api/chats', { exact: true }).click();
    await list.getByRole('button', { name: 'Try it out' }).click();
    await list.getByRole('button', { name: 'Execute' }).click();
    await list.locator('.live-responses-table .response-col_status', { hasText: '200' }).waitFor();
    expect(await list.locator('.live-responses-table').innerText()).to.include('Dr. Clara Novak');
  });

  it('show the socket events, both ways, with their fields and acks', async () => {
    await page.goto(`${demo.url}/docs`);
    await page.getByRole('link', { name: 'Socket events' }).click();
    const fields = page.getByRole('table', { name: 'Fields of message:new' });
    await fields.getByRole('row', { name: /^sessionId integer/ }).waitFor();
    await fields.getByRole('row', { name: /^images\[\]\.thumbnailUrl/ }).waitFor();
    await page
      .getByRole('table', { name: 'Ack of message:send' })
      .getByRole('row', { name: /^message\.isRead/ })
      .waitFor();
    await page.evaluate(axe.source);
    const found = await page.evaluate('axe.run().then(({ violations }) => violations.map(({ id }) => id))');
    expect(found).to.deep.equal([]);
  });
});
