import { io, type Socket } from 'socket.io-client';
import { refusal, unreachable } from './request-error.js';
import type { TokenSource } from './token-source.js';
import type { Answer, ClientToServerEvents, ConnectedEvent, ServerToClientEvents } from '../wire.js';

type ClientEvent = keyof ClientToServerEvents;
export type Payload<E extends ClientEvent> = Parameters<ClientToServerEvents[E]>[0];
type AnswerTo<E extends ClientEvent> = Parameters<NonNullable<Parameters<ClientToServerEvents[E]>[1]>>[0];
export type Result<E extends ClientEvent> = Extract<AnswerTo<E>, { ok: true }>;

/** The socket: connected whenever it is wanted and the service can be reached. */
export interface LiveConnection {
  /** Tries until it is connected, and again whenever the connection breaks. */
  connect(): void;
  disconnect(): void;
  /** Tries now instead of waiting for the next turn: for when a network came back, or a page into view. */
  wake(): void;
  on<E extends keyof ServerToClientEvents>(event: E, listener: ServerToClientEvents[E]): void;
  /** Sends an event and waits for its acknowledgement. Rejects with `RequestError`. */
  call<E extends ClientEvent>(event: E, payload: Payload<E>): Promise<Result<E>>;
}

export interface LiveConnectionOptions {
  /** Where the service is; empty for the page's own origin. */
  readonly url: string;
  readonly path: string;
  readonly tokens: TokenSource;
  /** Joined to all rooms: from now on everything new arrives by itself. */
  readonly onOnline: (event: ConnectedEvent) => void;
  /** Broken; it is being tried again. */
  readonly onOffline: () => void;
  /** The service does not know the token's bearer, or takes no connection from this page; it is not tried again. */
  readonly onRefused: (code: string) => void;
}

const ackTimeoutMs = 15_000;
const retryDelayMs = { first: 500, most: 8_000 };
/** What a new token or a little time cannot mend. */
const finalCodes = new Set(['actor_unknown', 'origin_refused', 'token_in_query']);

export function createLiveConnection(options: LiveConnectionOptions): LiveConnection {
  const { url, path, tokens } = options;
  let wanted = false;
  let isOnline = false;
  let refusedTimes = 0;
  let retry: ReturnType<typeof setTimeout> | undefined;

  const socket: Socket<ServerToClientEvents, ClientToServerEvents> = io(url, {
    path,
    autoConnect: false,
    forceNew: true,
    transports: ['websocket', 'polling'],
    tryAllTransports: true,
    reconnectionDelay: retryDelayMs.first,
    reconnectionDelayMax: retryDelayMs.most,
    // A page that cannot get a token connects without one, is refused, and tries again below.
    auth: (send) =>
      void tokens.current().then(
        (token) => send({ token }),
        () => send({}),
      ),
  });

  socket.on('connected', (event) => {
    isOnline = true;
    refusedTimes = 0;
    options.onOnline(event);
  });

  socket.on('disconnect', () => {
    isOnline = false;
    if (!wanted) return;
    options.onOffline();
    retryLater();
  });

  socket.on('connect_error', (error: Error & { data?: { code?: string } }) => {
    const code = error.data?.code;
    if (code !== undefined && finalCodes.has(code)) {
      wanted = false;
      options.onRefused(code);
      return;
    }
    if (code?.startsWith('token_')) void tokens.renew().catch(() => undefined);
    retryLater();
  });

  socket.on('auth:expiring', () => {
    const refreshed = tokens.renew().then((token) => call('auth:refresh', { token }));
    // Without a new token the service ends the connection, and connecting again asks for one again.
    refreshed.catch(() => undefined);
  });

  /** Socket.IO tries again by itself after a broken line, but not after the server has refused or ended a connection. */
  function retryLater(): void {
    if (!wanted || socket.active) return;
    const delay = Math.min(retryDelayMs.most, retryDelayMs.first * 2 ** refusedTimes++);
    clearTimeout(retry);
    retry = setTimeout(() => socket.connect(), delay * (0.5 + Math.random() / 2));
  }

  async function call<E extends ClientEvent>(event: E, payload: Payload<E>): Promise<Result<E>> {
    // Socket.IO would keep it for later; whether it still makes sense then is for the caller to say.
    if (!isOnline) throw unreachable();
    const answer = await acknowledged(socket, event, payload);
    if (answer.ok) return answer as Result<E>;
    throw refusal(answer.error);
  }

  return {
    connect() {
      wanted = true;
      socket.connect();
    },
    disconnect() {
      wanted = false;
      clearTimeout(retry);
      socket.disconnect();
    },
    wake() {
      if (!wanted || isOnline) return;
      socket.disconnect();
      clearTimeout(retry);
      socket.connect();
    },
    on: (event, listener) => void socket.on(event, listener as never),
    call,
  };
}

/** The typed emitter cannot follow an event that is a type parameter, so the types meet here, once. */
async function acknowledged(
  socket: Socket<ServerToClientEvents, ClientToServerEvents>,
  event: string,
  payload: object,
): Promise<Answer> {
  const untyped: Socket = socket;
  try {
    return (await untyped.timeout(ackTimeoutMs).emitWithAck(event, payload)) as Answer;
  } catch {
    throw unreachable();
  }
}
