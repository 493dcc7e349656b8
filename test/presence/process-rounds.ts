import { useFakeTimers } from 'sinon';
import { startChatHost, type ChatHost } from '../support/chat-host.js';

/** How often a process renews its own lease and looks for those of others that ran out. */
export const roundMs = 5_000;

export interface Process extends ChatHost {
  /** Lets its next round begin: the test's own clock is the only one it has for that. */
  nextRound(): void;
}

/** A process whose rounds come when the test says so. */
export async function startProcess(beside?: ChatHost): Promise<Process> {
  const clock = useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
  try {
    const surroundings = beside === undefined ? {} : { database: beside.database, tokens: beside.tokens };
    const host = await startChatHost({ realtime: { adapter: 'postgres', offlineGraceMs: 0 } }, surroundings);
    return { ...host, nextRound: () => void clock.tick(roundMs) };
  } finally {
    clock.restore();
  }
}
