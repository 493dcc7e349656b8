import { expect } from 'chai';
import { useFakeTimers } from 'sinon';
import type { ChatList } from '../../lib/chats/chat.js';
import { shareLists } from '../../lib/chats/share-lists.js';

const smith = { type: 'dentist', id: 1 } as const;
const john = { type: 'customer', id: 1 } as const;

describe('whole lists of one person', () => {
  it('are made one at a time, and whoever asks meanwhile shares the next', async () => {
    const { list, made, answer } = lists();
    const first = list(smith, {});
    const others = [list(smith, {}), list(smith, {})];
    expect(made).to.have.length(1);
    answer(0);
    const { chats } = await first;
    await settle();
    expect(made).to.have.length(2);
    // One more, for whom the second would be from before they asked.
    const last = list(smith, {});
    answer(1);
    const [second, third] = await Promise.all(others);
    expect(second).to.equal(third);
    expect(second?.chats).not.to.equal(chats);
    await settle();
    answer(2);
    expect(await last).not.to.equal(second);
    expect(made).to.have.length(3);
  });

  it('are made anew once nobody waits', async () => {
    const { list, made, answer } = lists();
    for (const number of [0, 1]) {
      const asked = list(smith, {});
      answer(number);
      await asked;
      await settle();
    }
    expect(made).to.have.length(2);
  });

  it('fail for those who share it, and for nobody else', async () => {
    const { list, answer, fail } = lists();
    const first = list(smith, {}).catch(String);
    const second = [list(smith, {}).catch(String), list(smith, {}).catch(String)];
    fail(0);
    expect(await first).to.equal('Error: no 0');
    await settle();
    const third = list(smith, {}).catch(String);
    fail(1);
    expect(await Promise.all(second)).to.deep.equal(['Error: no 1', 'Error: no 1']);
    await settle();
    answer(2);
    expect(await third).to.deep.equal({ chats: [] });
  });

  it('fail for those who have waited for the next in an outage, and are made anew for who comes then', async () => {
    const clock = useFakeTimers({ toFake: ['performance'] });
    try {
      const { list, made, answer, fail } = lists();
      const first = list(smith, {}).catch(String);
      const second = list(smith, {}).catch(String);
      clock.tick(501);
      fail(0);
      expect(await Promise.all([first, second])).to.deep.equal(['Error: no 0', 'Error: no 0']);
      expect(made).to.have.length(1);
      const third = list(smith, {});
      answer(1);
      expect(await third).to.deep.equal({ chats: [] });
    } finally {
      clock.restore();
    }
  });

  it('are nobody else’s, and pages are their askers’ own', () => {
    const { list, made } = lists();
    void list(smith, {});
    void list(john, {});
    void list(smith, { limit: 500 });
    void list(smith, { limit: 500 });
    void list(smith, { before: { updatedAt: '2026-02-13T10:30:00.000Z', id: 1 } });
    expect(made).to.deep.equal([smith, john, smith, smith, smith]);
  });
});

/** Lists that are made when it is said, by their number. */
function lists() {
  const made: unknown[] = [];
  const ends: { resolve: (list: ChatList) => void; reject: (error: Error) => void }[] = [];
  return {
    made,
    list: shareLists((actor) => {
      made.push(actor);
      return new Promise((resolve, reject) => ends.push({ resolve, reject }));
    }),
    answer: (number: number) => ends[number]?.resolve({ chats: [] }),
    fail: (number: number) => ends[number]?.reject(new Error(`no ${number}`)),
  };
}

/** Lets promises be. */
async function settle(): Promise<void> {
  for (let i = 0; i < 20; i += 1) await Promise.resolve();
}
