import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import type { Browser, Locator } from 'playwright-core';
import { startDemoProcess, type DemoProcess } from '../host-example/demo-process.js';
import { launchBrowser, visit, waitForReceipt, type Visitor } from './visitor.js';

const photo = (name: string): string =>
  fileURLToPath(new URL(`../../host-example/demo/photos/${name}`, import.meta.url));

describe('photos in a browser', () => {
  let demo: DemoProcess;
  let browser: Browser;
  let emma: Visitor;
  let novak: Visitor;

  before(async () => {
    browser = await launchBrowser();
    demo = await startDemoProcess();
    [emma, novak] = await Promise.all([visit(browser, demo.url, 'customer-1'), visit(browser, demo.url, 'dentist-1')]);
    await novak.open('Emma Lindqvist');
  });
  after(async () => {
    await Promise.all([emma?.leave(), novak?.leave()]);
    await browser?.close();
    await demo?.stop();
  });

  it('are looked at before they are sent, and arrive with their words', async () => {
    const tray = emma.conversation.getByRole('list', { name: 'Photos to send' });
    await choose(emma, [photo('case.jpg'), photo('two-trays.jpg'), photo('week-nine.jpg')]);
    await tray.getByRole('img', { name: 'Photo 3' }).waitFor();
    await tray.getByRole('button', { name: 'Remove photo 2' }).click();
    await tray.getByRole('img', { name: 'Photo 3' }).waitFor({ state: 'detached' });

    await emma.say('Two pictures');
    await tray.waitFor({ state: 'detached' });
    await waitForReceipt(emma.message('Two pictures'), 'Read');
    const pictures = novak.message('Two pictures').getByRole('button', { name: /of 2 photos from Emma Lindqvist/ });
    expect(await pictures.count()).to.equal(2);
    expect(await hasLoaded(novak, 'Two pictures')).to.equal(true);
  });

  it('open large, go on with the arrows, and close with Escape to where one was', async () => {
    const first = novak.message('Two pictures').getByRole('button', { name: 'Photo 1 of 2' });
    await first.click();
    const view = novak.page.getByRole('dialog', { name: 'Photo 1 of 2' });
    await view.getByRole('img').waitFor();
    await novak.page.keyboard.press('ArrowRight');
    await novak.page.getByRole('dialog', { name: 'Photo 2 of 2' }).waitFor();
    await novak.page.keyboard.press('Escape');
    await novak.page.getByRole('dialog').waitFor({ state: 'detached' });
    expect(await novak.page.locator(':focus').getAttribute('aria-label')).to.match(/^Photo 1 of 2/);
    await novak.conversation.waitFor();
  });

  it('can be sent with no words', async () => {
    await choose(novak, [photo('case.jpg')]);
    await novak.conversation.getByRole('button', { name: 'Send' }).click();
    const picture = emma.conversation.getByRole('button', { name: 'Photo 1 of 1 photo from Dr. Clara Novak: open' });
    await picture.waitFor();
    await emma.page.getByRole('button', { name: 'Back to all conversations' }).waitFor({ state: 'hidden' });
    expect(await emma.row('Dr. Clara Novak').textContent()).to.include('Photo');
  });

  it('show how far they have come, and can be called back', async () => {
    const line = await slowLine(emma);
    await choose(emma, [photo('case.jpg'), photo('two-trays.jpg')]);
    await emma.say('Not these');
    const upload = emma.message('Not these').getByRole('progressbar', { name: 'Sending photos' });
    await upload.waitFor();
    await hasPartlyGone(upload);
    await emma.message('Not these').getByRole('button', { name: 'Do not send' }).click();
    await emma.message('Not these').waitFor({ state: 'detached' });

    await line.mend();
    await emma.say('But this');
    await waitForReceipt(emma.message('But this'), 'Read');
    expect(await emma.conversation.getByRole('progressbar').count()).to.equal(0);
    expect(await novak.message('Not these').count()).to.equal(0);
  });

  it('have their shape and a blur before they are loaded', async () => {
    let release: (() => void) | undefined;
    const released = new Promise<void>((resolve) => (release = resolve));
    await novak.page.route(/\/chat-images\//, async (route) => {
      await released;
      await route.continue();
    });
    await choose(emma, [photo('week-nine.jpg')]);
    await emma.say('Before it is loaded');
    const picture = novak.message('Before it is loaded').getByRole('button', { name: /^Photo 1 of 1/ });
    await picture.waitFor();
    const before = await picture.boundingBox();
    expect(await picture.getAttribute('style')).to.match(/background-image: url\("data:image\/png;base64,/);
    expect(
      await picture.locator('img').evaluate((image: unknown) => (image as { complete: boolean }).complete),
    ).to.equal(false);

    release?.();
    expect(await hasLoaded(novak, 'Before it is loaded')).to.equal(true);
    expect(await picture.boundingBox()).to.deep.equal(before);
    await novak.page.unrouteAll();
  });

  it('that did not load are there to try again', async () => {
    await novak.page.route(/\/chat-images\//, (route) => route.abort());
    await choose(emma, [photo('case.jpg')]);
    await emma.say('Not loaded at first');
    const broken = novak.message('Not loaded at first').getByRole('button', { name: 'could not be loaded: try again' });
    await broken.waitFor();
    expect(await novak.message('Not loaded at first').locator('img').count()).to.equal(0);

    await novak.page.unrouteAll();
    await broken.click();
    expect(await hasLoaded(novak, 'Not loaded at first')).to.equal(true);
  });

  it('can be pasted and dropped', async () => {
    const tray = emma.conversation.getByRole('list', { name: 'Photos to send' });
    await hand(emma, 'paste');
    await tray.getByRole('img', { name: 'Photo 1' }).waitFor();
    await hand(emma, 'drop');
    await tray.getByRole('img', { name: 'Photo 2' }).waitFor();
    await tray.getByRole('button', { name: 'Remove photo 2' }).click();
    await tray.getByRole('button', { name: 'Remove photo 1' }).click();
  });

  it('are five at most, and nothing but photos', async () => {
    await choose(
      emma,
      Array.from({ length: 6 }, () => photo('case.jpg')),
    );
    await emma.page.getByRole('alert').getByText('A message can have at most 5 photos.').waitFor();
    expect(await emma.conversation.getByRole('button', { name: /^Remove photo/ }).count()).to.equal(5);

    await emma.page.setInputFiles('input[type=file]', {
      name: 'letter.pdf',
      mimeType: 'application/pdf',
      buffer: Buffer.from('%PDF-1.7'),
    });
    await emma.page.getByRole('alert').getByText('Only photos can be attached.').waitFor();
  });
});

async function choose({ page }: Visitor, files: readonly string[]): Promise<void> {
  const chooser = page.waitForEvent('filechooser');
  await page.getByRole('button', { name: 'Add photos' }).click();
  await (await chooser).setFiles([...files]);
}

/** Looks until some of it has gone out; the runner's own limit ends a search in vain. */
async function hasPartlyGone(upload: Locator): Promise<void> {
  for (let value = 0; value === 0;) value = await upload.evaluate((bar: unknown) => (bar as { value: number }).value);
}

/** A phone's line with little upload: 10 kB a second. */
async function slowLine({ page }: Visitor): Promise<{ mend(): Promise<void> }> {
  const devtools = await page.context().newCDPSession(page);
  const set = (uploadThroughput: number): Promise<unknown> =>
    devtools.send('Network.emulateNetworkConditions', {
      offline: false,
      latency: 0,
      downloadThroughput: -1,
      uploadThroughput,
    });
  await devtools.send('Network.enable');
  await set(10_000);
  return {
    async mend() {
      await set(-1);
      await devtools.detach();
    },
  };
}

/** Gives the page a small picture as a paste or a drop would. */
async function hand({ page }: Visitor, how: 'paste' | 'drop'): Promise<void> {
  await page.evaluate(`(async () => {
    const canvas = new OffscreenCanvas(8, 8);
    canvas.getContext('2d').fillRect(0, 0, 8, 8);
    const transfer = new DataTransfer();
    transfer.items.add(new File([await canvas.convertToBlob()], 'picture.png', { type: 'image/png' }));
    const event = '${how}' === 'paste'
      ? new ClipboardEvent('paste', { clipboardData: transfer, bubbles: true, cancelable: true })
      : new DragEvent('drop', { dataTransfer: transfer, bubbles: true, cancelable: true });
    document.querySelector('textarea').dispatchEvent(event);
  })()`);
}

/** Whether every picture of the message has been loaded and decoded. */
async function hasLoaded({ page }: Visitor, text: string): Promise<boolean> {
  return page.evaluate(`(async () => {
    const message = [...document.querySelectorAll('.message')].find((one) => one.textContent.includes('${text}'));
    const pictures = [...message.querySelectorAll('img')];
    await Promise.all(pictures.map((picture) => picture.decode()));
    return pictures.length > 0 && pictures.every((picture) => picture.naturalWidth > 0);
  })()`);
}
