import { setTimeout as delay } from 'node:timers/promises';
import { restDoor } from './doors.js';
import { follow } from './follower.js';
import { readStored } from './stored.js';
import type { Trial } from './trial.js';

/** As for people who are said to be there and are not: a process that died is known by its lease. In milliseconds. */
const dueMs = 30_000;

let runs = 0;

/**
 * A process commits a message and dies before it tells anybody. Under load the next message of the chat gives it away;
 * here none follows, and its sender, who gave it no id, does not ask again.
 */
export const untoldMessage: Trial = {
  name: 'the last word of a process that dies between commit and broadcast',
  async run(service) {
    runs += 1;
    const [stays, dies] = service.processes;
    const [chat] = service.chats;
    if (chat === undefined) throw new Error('the service has no chats');
    const { id: chatId, customer, dentist } = chat;
    const since = Math.max(1, ...(await service.newestMessages()).values());
    const token = (): string => service.tokenOf(dentist);
    const ownChats = service.chats.filter((one) => one.dentist === dentist).map(({ id }) => id);
    const other = follow({ name: 'the other', url: stays.url, token, chatId, ownChats, since });
    try {
      await other.connected();
      dies.order('die after the next commit');
      // It answers in the order of what it was told: then it knows.
      await dies.measure();
      const content = `untold ${runs}`;
      const send = restDoor(dies.url, () => service.tokenOf(customer));
      const sending = { chatId, person: customer.type, content, clientMessageId: undefined, attempts: [] };
      const { kind } = await send(sending);
      await dies.gone();
      const diedAt = performance.now();
      while (other.sightings.length === 0 && performance.now() < diedAt + dueMs) await delay(50);
      const tookMs = performance.now() - diedAt;
      await dies.start();
      const stored = await readStored(service, since);
      const [seen] = other.sightings;
      return {
        said: `there after ${(tookMs / 1_000).toFixed(1)} s, ${seen?.by ?? 'never'}`,
        faults: [
          ...service.incidents.splice(0),
          ...(kind === 'unknown' && stored.length === 1 ? [] : [`it was ${kind}, and is there ${stored.length} times`]),
          ...(seen?.content === content ? [] : [`the other did not see it within ${dueMs / 1_000} s`]),
        ],
      };
    } finally {
      other.close();
    }
  },
};
