import { setTimeout as delay } from 'node:timers/promises';
import { someCommitWasNotTold, somebodyWasCutOff } from './bites.js';
import { lostConnections, type Fault } from './fault.js';

/** What happens to the processes of the service, and to the connections of their clients. */
export const processFaults: readonly Fault[] = [
  {
    name: 'a process is killed',
    excuses: lostConnections,
    hasBitten: somebodyWasCutOff,
    async inflict({ processes }, random) {
      const victim = random.pick(processes);
      await victim.kill();
      await victim.start();
    },
  },
  {
    name: 'a process dies between a commit and its broadcast',
    excuses: lostConnections,
    hasBitten: someCommitWasNotTold,
    async inflict({ processes }, random) {
      const victim = random.pick(processes);
      victim.order('die after the next commit');
      await victim.gone();
      await victim.start();
    },
  },
  {
    // No fault, but driven and judged like one: whoever was told nothing clear has only lost a connection.
    name: 'both processes are restarted in turn',
    excuses: [...lostConnections, { code: 'shutting_down' }],
    hasBitten: ({ load }) => load.followers.every(({ disconnects }) => disconnects.length > 0),
    async inflict({ processes }) {
      for (const process of processes) {
        await process.close();
        await process.start();
      }
    },
  },
  {
    name: "clients' connections are cut at random bytes",
    excuses: lostConnections,
    hasBitten: somebodyWasCutOff,
    async inflict({ processes }, random) {
      for (let cuts = 0; cuts < 10; cuts += 1) {
        random.pick(processes).proxy.cutAfter(() => 1 + random.below(4_000));
        await delay(50 + random.below(200));
      }
      for (const { proxy } of processes) proxy.cutAfter(() => Infinity);
    },
  },
];
