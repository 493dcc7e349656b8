import type { TokenVerifier } from '../auth/token-verifier.js';
import type { Admission } from '../chats/admission.js';
import type { Memberships } from '../chats/memberships.js';
import type { ChatConfig } from '../config/config.js';
import type { DomainEventBus } from '../domain-events.js';
import type { InFlight } from '../in-flight.js';
import type { Logger } from '../logger.js';
import type { RecentMessages } from '../messages/recent-messages.js';
import type { HookRunner } from '../plugins/hook-runner.js';
import type { Registrar } from '../plugins/registrar.js';
import type { Presence } from '../presence/presence.js';
import type { Typing } from '../presence/typing.js';
import { createAdapterBus } from '../realtime/adapter-bus.js';
import type { ClusterBus } from '../realtime/cluster-bus.js';
import { postgresAdapter } from '../realtime/postgres-adapter.js';
import { reconnectAll } from '../realtime/reconnect-all.js';
import type { AddressLimits } from './address-limits.js';
import { createSocketDoor, type SocketDoor } from './socket-door.js';
import { tellSockets } from './tell-sockets.js';
import type { Turns } from './turns.js';

/** The socket door, and what tells its sockets of what happens. */
export interface LiveDoor extends SocketDoor {
  /** Before the first socket. */
  start(): Promise<void>;
}

interface Needs {
  config: ChatConfig;
  registrar: Registrar;
  tokenVerifier: TokenVerifier;
  admission: Admission;
  memberships: Memberships;
  recentMessages: RecentMessages;
  presence: Presence;
  typing: Typing;
  hooks: HookRunner;
  domainEvents: DomainEventBus;
  inFlight: InFlight;
  addressLimits: AddressLimits;
  turns: Turns;
  logger: Logger;
  /** Asked for where the processes reach each other over it. */
  readonly clusterBus: ClusterBus;
}

export function createLiveDoor(needs: Needs): LiveDoor {
  const { registrar, tokenVerifier, admission, memberships, presence, typing, hooks, inFlight, logger } = needs;
  const { addressLimits, turns, domainEvents, recentMessages } = needs;
  const { realtime, limits, access } = needs.config;
  const door = createSocketDoor({
    ...{ registrar, tokenVerifier, admission, presence, typing, hooks, inFlight, limits, addressLimits, turns, logger },
    config: realtime,
    adapter: realtime.adapter === 'postgres' ? postgresAdapter(needs.clusterBus, logger) : realtime.adapter,
    accessMaxAgeMs: access.socketMaxAgeMs,
  });
  const missed = (): void => reconnectAll(door.io.sockets.sockets.values(), logger);
  const adapterBus =
    typeof realtime.adapter === 'function' ? createAdapterBus({ io: door.io, missed, logger }) : undefined;
  const bus = realtime.adapter === 'postgres' ? needs.clusterBus : adapterBus;
  const telling = tellSockets({ io: door.io, bus, domainEvents, presence, memberships, recentMessages, logger });
  return {
    ...door,
    start: telling.start,
    async close() {
      await telling.close(door.close);
      adapterBus?.close();
    },
  };
}
