import { expect } from 'chai';
import { diskImageStore, sqlDirectory } from '../../lib/index.js';
import { startChatHost, type ChatHost } from '../support/chat-host.js';
import { hostTables } from '../support/host-tables.js';
import { makeFolder } from '../support/run-folder.js';
import { expectWhole } from './expect-whole.js';
import { failEach } from './fail-each.js';
import { failingHost, hostFunctions } from './failing-host.js';
import { lostCalls } from './lost-calls.js';
import { watchUnhandled } from './ways.js';

describe("a function of the host's that throws", function () {
  this.timeout(120_000);
  const failing = failingHost();
  let host: ChatHost;
  let dir: string;

  before(async () => {
    dir = await makeFolder('images');
    const directory = sqlDirectory(hostTables);
    host = await startChatHost({
      directory: (context) => failing.directory(typeof directory === 'function' ? directory(context) : directory),
      directoryCacheSeconds: 0,
      images: { store: failing.store(diskImageStore({ dir })), maxUnsentPerPerson: 1_000 },
      plugins: [failing.plugin],
    });
  });
  after(() => host.close());

  it('fails no more than the call that came to it, and a retry does it once', async () => {
    const unhandled = watchUnhandled();
    const allFailed = new Set<string>();
    for (const [name, prepare] of Object.entries(await lostCalls(host))) {
      const { failed } = await failEach(name, prepare, failing, {
        codesOf,
        mayBeDone: false,
        expectWhole: (where) => expectWhole(host.database, dir, where),
      });
      for (const one of failed) allFailed.add(one.replace(/#\d+$/, ''));
    }
    const named = Object.entries(hostFunctions).flatMap(([kind, of]) => Object.keys(of).map((key) => `${kind}.${key}`));
    expect([...allFailed]).to.have.members(named);
    expect(unhandled()).to.deep.equal([]);
  });

  function codesOf(failed: string): readonly string[] {
    // The raw upload that is left goes with the sweep.
    if (failed === 'store.delete' || failed.startsWith('hooks.after') || failed.endsWith('ChangePresence')) {
      return ['done'];
    }
    if (failed.startsWith('hooks.')) return ['internal_error'];
    return [failed.startsWith('store.') ? 'image_store_unavailable' : 'directory_unavailable', 'done'];
  }
});
