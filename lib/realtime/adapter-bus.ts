import { randomBytes } from 'node:crypto';
import type { Namespace, Socket } from 'socket.io';
import type { Logger } from '../logger.js';
import type { Bus } from './cluster-bus.js';
import { createInbox } from './inbox.js';

/** A bus that goes with its Socket.IO server. */
export interface AdapterBus extends Bus {
  close(): void;
}

interface Needs {
  /** The server that has the adapter. */
  io: { of(name: string): unknown };
  /** Something that another process has said will never come. */
  missed(): void;
  logger: Logger;
}

/** No client can connect to it. */
const namespace = '/koa-chat-module';
/** How soon it is noticed that the last thing said was lost. */
const heartbeatEveryMs = 5_000;

/**
 * What the processes of one service tell each other over a Socket.IO adapter of the host's own, such as Redis Streams'.
 * Adapters carry events to sockets and may lose some; so what is said goes out as a numbered event of a namespace in
 * which each process has one listener and no client is let in.
 */
export function createAdapterBus({ io, missed, logger }: Needs): AdapterBus {
  const sender = randomBytes(8).toString('hex');
  const listeners = new Map<unknown, (message: unknown) => void>();
  const inbox = createInbox({
    fetch: () => Promise.resolve(undefined), // a parcel here always has its payload with it
    received: (spoken) => {
      if (!Array.isArray(spoken)) return;
      const [topic, message] = spoken as unknown[];
      listeners.get(topic)?.(message);
    },
    missed,
    logger,
  });
  const processes = io.of(namespace) as Namespace;
  processes.use((_socket, next) => next(new Error('There is nothing here for clients')));
  listenAsSocket(processes, (said) => {
    // Adapters bring what is said here too.
    if (typeof said === 'string' && !said.startsWith(sender)) inbox.take(said);
  });

  let lastNumber = 0;
  function say(payload: string): void {
    lastNumber += 1;
    processes.emit('said', `${sender} ${lastNumber} ${payload}`);
  }
  const heartbeat = setInterval(() => say('[]'), heartbeatEveryMs);
  heartbeat.unref();

  return {
    publish: (topic, message) => say(JSON.stringify([[topic, message]])),
    listen: (topic, received) => void listeners.set(topic, received),
    close() {
      clearInterval(heartbeat);
      listeners.clear();
    },
  };
}

/** Puts a socket without a client into a namespace: adapters tell each socket of what they send it. */
function listenAsSocket(processes: Namespace, heard: (said: unknown) => void): void {
  const ear = {
    id: 'ear',
    notifyOutgoingListeners: ({ data }: { data: unknown[] }) => heard(data[1]),
    client: { writeToEngine: () => undefined },
    _onclose: () => undefined,
  };
  processes.sockets.set(ear.id, ear as unknown as Socket);
  void processes.adapter.addAll(ear.id, new Set([ear.id]));
}
