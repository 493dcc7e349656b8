import { setTimeout } from 'node:timers/promises';
import type { Socket } from 'socket.io-client';
import { people } from '../support/host-tables.js';
import { formAttacks } from './form-attacks.js';
import { linkAttacks } from './link-attacks.js';
import { routeAttacks } from './route-attacks.js';
import { sessionAttacks } from './session-attacks.js';
import { socketAttacks } from './socket-attacks.js';
import type { Target } from './target.js';
import { wireAttacks } from './wire-attacks.js';

export interface Report {
  /** Inputs by the name of their attack. */
  readonly inputs: ReadonlyMap<string, number>;
  /** What should not have happened. Empty is good. */
  readonly faults: readonly string[];
  /** Messages that were taken, and came back to the byte. */
  readonly accepted: number;
}

/** Sends at least so many inputs, shared out over every attack there is; each attack gets one at least. */
export async function attackTarget(target: Target, count: number, seed: number): Promise<Report> {
  const attacks = [
    ...routeAttacks(target),
    ...formAttacks(target),
    ...linkAttacks(target),
    ...wireAttacks(target),
    ...socketAttacks(target),
    ...sessionAttacks(target),
  ];
  const whole = attacks.reduce((sum, { weight }) => sum + weight, 0);
  const heard = new Map<number, string>();
  const listener = await target.connect(people.smith);
  listen(listener, heard);

  const inputs = new Map<string, number>();
  const faults = await Promise.all(
    attacks.map(async (one) => {
      const numRuns = Math.ceil((count * one.weight) / whole);
      inputs.set(one.name, numRuns);
      return one.run(numRuns, seed);
    }),
  );
  // First why it ended: all that came after that was told so too.
  const found = [...(await judgeTarget(target, heard)), ...faults.flat()];
  listener.disconnect();
  return { inputs, faults: found, accepted: target.accepted.size };
}

function listen(socket: Socket, heard: Map<number, string>): void {
  socket.on('message:new', ({ id, content }: { id: number; content: string }) => heard.set(id, content));
}

/** After all of it: the process lives and serves, has logged no failure, and what it took comes back. */
async function judgeTarget(target: Target, heard: ReadonlyMap<number, string>): Promise<string[]> {
  if (target.isGone()) return [`the host has ended:\n${target.output().slice(-3_000)}`];
  const faults: string[] = [];
  const { status } = await target.as(people.john).get('/health');
  if (status !== 200) faults.push(`/health answers ${status}`);
  // DEP0170 is Node's, of what Koa has its parser read.
  const failures =
    target.output().match(/^(?:error|warn) .*$|^(?!.*DEP0170).*(?:Warning|Unhandled|Uncaught).*$/gm) ?? [];
  faults.push(...failures.slice(0, 10).map((line) => `the host said: ${line.slice(0, 1_000)}`));

  for (const [door, found] of [
    ['REST', await readAll(target)],
    ['the socket', heard],
  ] as const) {
    // What was announced last is on its way.
    for (let waits = 0; door === 'the socket' && found.size < target.accepted.size && waits < 100; waits += 1) {
      await setTimeout(50);
    }
    for (const [id, content] of target.accepted) {
      if (found.get(id) === content) continue;
      faults.push(
        `message ${id}, ${JSON.stringify(content).slice(0, 300)}, came back over ${door} as ${JSON.stringify(found.get(id))?.slice(0, 300)}`,
      );
    }
  }
  return faults;
}

async function readAll({ as, chatId }: Target): Promise<Map<number, string>> {
  const found = new Map<number, string>();
  for (let after = '1'; after !== '';) {
    const { body } = await as(people.smith).get<{
      messages: { id: number; content: string }[];
      nextCursor: string | null;
    }>(`/api/chats/${chatId}/messages?limit=100&after=${after}`);
    for (const { id, content } of body.messages) found.set(id, content);
    after = body.nextCursor ?? '';
  }
  return found;
}
