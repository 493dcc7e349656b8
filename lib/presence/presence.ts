import { randomUUID } from 'node:crypto';
import type { PersonRef } from '../auth/actor.js';
import type { Memberships } from '../chats/memberships.js';
import type { RealtimeConfig } from '../config/config.js';
import type { Database } from '../database/database.js';
import type { DomainEventBus } from '../domain-events.js';
import { ChatError } from '../errors.js';
import type { Logger } from '../logger.js';
import type { HookRunner } from '../plugins/hook-runner.js';
import { createPresenceReads, type PresenceReads } from './presence-reads.js';
import { createPresenceStatements } from './presence-statements.js';
import { createPresenceWriter, keyOf } from './presence-writer.js';
import { createProcessLease } from './process-lease.js';

/** What presence has the sockets of this process do, or look for. */
export interface PresenceWatcher {
  /** These people here (by default everybody) were told of no change for a while. */
  missed(people?: readonly PersonRef[]): void;
  /** A process died that had last renewed its lease then: what it did at the end, it may have told nobody. ISO 8601 UTC. */
  ended(renewedAt: string): void;
}

/** Who is online, across all processes. */
export interface Presence extends PresenceReads {
  /**
   * A socket of the person came; {@link disconnected} must follow when it goes. Resolves once the others can see the
   * person, or could not be told: with the failure where the database was waited for in vain, so that nobody waits for it
   * once more. Never rejects. Who asks for {@link chatsOf} before that may miss somebody who comes
   * online meanwhile, and whom nobody tells of a person not there yet.
   */
  connected(person: PersonRef): Promise<ChatError | undefined>;
  disconnected(person: PersonRef): void;
  /** From here on this process is there for the others. */
  start(): Promise<void>;
  /** From here on it says of processes that died who went with them: there must be somebody to say it to. */
  open(watcher: PresenceWatcher): void;
  /** From here on nobody is said to go: that is left to the others. Resolves when what had begun is written. */
  close(): Promise<void>;
  /** Everybody of this process is gone after the grace period, unless they come back elsewhere. */
  stop(): Promise<void>;
}

interface Needs {
  database: Database;
  memberships: Pick<Memberships, 'areLive'>;
  config: RealtimeConfig;
  hooks: HookRunner;
  domainEvents: DomainEventBus;
  logger: Logger;
}

/** A person with sockets in this process, or one whose last socket went a moment ago. */
interface Here {
  readonly person: PersonRef;
  sockets: number;
  leaving: NodeJS.Timeout | undefined;
  /** Not before the hooks have let them, and never where one wants them unseen: nothing is written or announced then. */
  visible: boolean;
  /** Done when it was tried to write that they are here. */
  appeared: Promise<ChatError | undefined>;
}

const done = Promise.resolve(undefined);
/** Whoever has waited longer than this for the database has waited long enough. */
const patienceMs = 500;

export function createPresence({ database, memberships, config, hooks, domainEvents, logger }: Needs): Presence {
  const processId = randomUUID();
  const statements = createPresenceStatements(database);
  const writer = createPresenceWriter(database, statements, processId);
  const here = new Map<string, Here>();
  /** People whose change did not reach the database. */
  const unwritten = new Map<string, PersonRef>();
  let watcher: PresenceWatcher | undefined;
  let stopping = false;
  const lease = createProcessLease(database, statements, processId, logger, {
    renewed: () => void rewrite(),
    lapsed: () => void beSeenAgain(),
    ended: (renewedAt) => watcher?.ended(renewedAt),
    reaped: (people) => people.forEach((person) => announce(person, false)),
    unsettled: (people) => people.forEach((person) => unsettled(person, false)),
  });

  function connected(person: PersonRef): Promise<ChatError | undefined> {
    const known = here.get(keyOf(person));
    if (known !== undefined) {
      known.sockets += 1;
      clearTimeout(known.leaving);
      known.leaving = undefined;
      return known.appeared;
    }
    const entry: Here = { person, sockets: 1, leaving: undefined, visible: false, appeared: done };
    here.set(keyOf(person), entry);
    const appeared = appear(entry).finally(() => {
      // One for all who are here, instead of one for each.
      entry.appeared = done;
    });
    entry.appeared = appeared;
    return appeared;
  }

  async function appear(entry: Here): Promise<ChatError | undefined> {
    const mayBeSeen = await mayAppear(entry.person);
    // A hook may take its time, and they may have gone meanwhile.
    if (here.get(keyOf(entry.person)) !== entry) return undefined;
    entry.visible = mayBeSeen;
    if (!mayBeSeen) return undefined;
    const since = performance.now();
    const failure = await write(entry.person, true);
    return failure instanceof ChatError && performance.now() - since > patienceMs ? failure : undefined;
  }

  function disconnected(person: PersonRef): void {
    const entry = here.get(keyOf(person));
    if (entry === undefined) return;
    entry.sockets -= 1;
    if (entry.sockets > 0 || stopping) return;
    entry.leaving = setTimeout(() => {
      here.delete(keyOf(person));
      if (entry.visible) void write(person, false);
    }, config.offlineGraceMs);
    entry.leaving.unref();
  }

  /** Hooks are asked about coming alone: who is gone is gone. */
  async function mayAppear(person: PersonRef): Promise<boolean> {
    if (!hooks.hooks('ChangePresence')) return true;
    const change = { person, online: true };
    try {
      await hooks.prepare('ChangePresence', change, { actor: person }, () => change);
      return true;
    } catch (err) {
      if (!(err instanceof ChatError)) logger.error({ err }, 'a presence hook failed');
      return false;
    }
  }

  /** Writes what failed to be written. Those of them who are here were told of nobody meanwhile. */
  async function rewrite(): Promise<void> {
    const people = [...unwritten.values()];
    unwritten.clear();
    const written = await Promise.all(people.map(writeAgain));
    const unseen = people.filter((person, index) => written[index] === true && isVisible(person));
    if (unseen.length > 0) watcher?.missed(unseen);
  }

  /** Everybody here counted as gone for a while. */
  async function beSeenAgain(): Promise<void> {
    const visible = [...here.values()].filter((entry) => entry.visible);
    const people = new Map([...unwritten, ...visible.map(({ person }) => [keyOf(person), person] as const)]);
    unwritten.clear();
    await Promise.all([...people.values()].map(writeAgain));
    watcher?.missed();
  }

  /** Whether it is written now. It may have been before, and what the others have been told since is not known. */
  async function writeAgain(person: PersonRef): Promise<boolean> {
    const online = isVisible(person);
    return (await write(person, online, () => unsettled(person, online))) === undefined;
  }

  function isVisible(person: PersonRef): boolean {
    return here.get(keyOf(person))?.visible === true;
  }

  /** Never rejects, and gives its failure: what fails is written after the next renewal of the lease. */
  async function write(person: PersonRef, online: boolean, unchanged?: () => void): Promise<unknown> {
    try {
      if (await writer.set(person, online)) announce(person, online);
      else unchanged?.();
      return undefined;
    } catch (err) {
      unwritten.set(keyOf(person), person);
      logger.warn({ err }, 'presence could not be written');
      return err;
    }
  }

  function unsettled(person: PersonRef, online: boolean): void {
    domainEvents.emit('presence:unsettled', { person, online });
  }

  function announce(person: PersonRef, online: boolean): void {
    const change = { person, online };
    domainEvents.emit('presence:changed', change);
    hooks.after('ChangePresence', change, { actor: person });
  }

  return {
    connected,
    disconnected,

    ...createPresenceReads({ database, memberships, statements }),
    start: () => lease.start(),

    open(given) {
      watcher = given;
      lease.endOthers();
    },

    async close() {
      stopping = true;
      for (const { leaving } of here.values()) clearTimeout(leaving);
      here.clear();
      await Promise.all([lease.pause(), writer.idle()]);
    },

    stop: () => lease.stop(config.offlineGraceMs),
  };
}
