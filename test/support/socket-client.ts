import { io } from 'socket.io-client';
import { holdAck, holdEvent, throwFaults } from './contracts.js';
import type { ManagerOptions, Socket, SocketOptions } from 'socket.io-client';

export type ClientOptions = Partial<ManagerOptions & SocketOptions>;

interface Received {
  readonly name: string;
  readonly data: unknown;
}

interface Waiter {
  takes(received: Received): boolean;
  give(received: Received): void;
}

/** All that came and that no {@link nextEvent} has taken yet: so it does not matter which of the two is first. */
const inboxes = new WeakMap<Socket, { events: Received[]; waiters: Waiter[] }>();

/** Connects and resolves past `connected`, which `nextEvent(socket, 'connected')` then gives. Rejects as the handshake does. */
export async function connectSocket(
  url: string,
  token: string | undefined,
  options: ClientOptions = {},
): Promise<Socket> {
  const auth = token === undefined ? {} : { token };
  const socket = io(url, { auth, transports: ['websocket'], forceNew: true, reconnection: false, ...options });
  keepInbox(socket);
  try {
    await new Promise<void>((resolve, reject) => {
      socket.once('connected', () => resolve());
      socket.once('connect_error', reject);
      socket.once('disconnect', (reason) => reject(new Error(`disconnected before 'connected': ${reason}`)));
    });
  } catch (error) {
    socket.disconnect();
    throw error;
  }
  return socket;
}

/** Keeps what a socket receives, from before it connects. `disconnect` is kept too, with its reason. */
export function keepInbox(socket: Socket): void {
  const inbox = { events: [] as Received[], waiters: [] as Waiter[] };
  inboxes.set(socket, inbox);
  const receive = (received: Received): void => {
    const index = inbox.waiters.findIndex((waiter) => waiter.takes(received));
    const [waiter] = index < 0 ? [] : inbox.waiters.splice(index, 1);
    if (waiter === undefined) inbox.events.push(received);
    else waiter.give(received);
  };
  socket.onAny((name: string, data: unknown) => {
    holdEvent(name, data);
    receive({ name, data });
  });
  holdAcks(socket);
  socket.on('disconnect', (reason) => receive({ name: 'disconnect', data: reason }));
}

/** Looks at every ack on its way to whoever asked for it. */
function holdAcks(socket: Socket): void {
  const emit = socket.emit.bind(socket);
  socket.emit = (event: string, ...given: unknown[]) => {
    const ack = given.at(-1);
    if (typeof ack !== 'function') return emit(event, ...given);
    const held = (...answer: unknown[]): void => {
      // What came is last; before it may stand that nothing came in time.
      if (answer.at(-1) !== undefined && answer[0] instanceof Error === false) holdAck(event, answer.at(-1));
      Reflect.apply(ack, undefined, answer);
    };
    // `emitWithAck` marks its callback.
    return emit(event, ...given.slice(0, -1), Object.assign(held, ack));
  };
}

/**
 * Takes the first event of the name (that the predicate likes) which was not taken before, or waits for it: for 5 s,
 * unless told otherwise.
 */
export async function nextEvent<Data = unknown>(
  socket: Socket,
  name: string,
  predicate: (data: Data) => boolean = () => true,
  timeoutMs = 5000,
): Promise<Data> {
  throwFaults();
  const inbox = inboxOf(socket);
  const takes = (received: Received): boolean => received.name === name && predicate(received.data as Data);
  const index = inbox.events.findIndex(takes);
  if (index >= 0) return inbox.events.splice(index, 1)[0]?.data as Data;

  return new Promise<Data>((resolve, reject) => {
    const waiter: Waiter = {
      takes,
      give: ({ data }) => {
        clearTimeout(timer);
        resolve(data as Data);
      },
    };
    const timer = setTimeout(() => {
      inbox.waiters.splice(inbox.waiters.indexOf(waiter), 1);
      const others = inbox.events.map((event) => event.name).join(', ') || 'nothing';
      reject(new Error(`no ${name} within ${timeoutMs} ms; not taken so far: ${others}`));
    }, timeoutMs);
    inbox.waiters.push(waiter);
  });
}

/**
 * Rejects when such an event has come and was not taken. Not a sleep: it asks the server something and waits for the
 * answer, which comes behind all that the server sent this socket before. So first wait for what the event would have
 * come with (an ack, the other party's event).
 */
export async function noEvent<Data = unknown>(
  socket: Socket,
  name: string,
  predicate: (data: Data) => boolean = () => true,
): Promise<void> {
  await roundTrip(socket);
  throwFaults();
  const found = inboxOf(socket).events.find((event) => event.name === name && predicate(event.data as Data));
  if (found !== undefined) throw new Error(`an unexpected ${name} came: ${JSON.stringify(found.data)}`);
}

/** To the server and back: an input that any server refuses, for the sake of its ack. */
export async function roundTrip(socket: Socket): Promise<void> {
  await socket.timeout(5000).emitWithAck('message:read', { sessionId: 0, messageId: 0 });
}

function inboxOf(socket: Socket): { events: Received[]; waiters: Waiter[] } {
  const inbox = inboxes.get(socket);
  if (inbox === undefined) throw new Error('connect the socket with connectSocket, or give it to keepInbox first');
  return inbox;
}
