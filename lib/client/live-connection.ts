import { io, type Socket } from 'socket.io-client';
import type { Answer, ClientToServerEvents, ConnectedEvent, ServerToClientEvents } from '../wire.js';
import { asRequestError, refusal, unreachable } from './request-error.js';
import { retryDelay, type ClientTiming } from './timing.js';
import type { TokenSource } from './token-source.js';

type ClientEvent = keyof ClientToServerEvents;
type Payload<E extends ClientEvent> = Parameters<ClientToServerEvents[E]>[0];
type AnswerTo<E extends ClientEvent> = Parameters<NonNullable<Parameters<ClientToServerEvents[E]>[1]>>[0];
type Result<E extends ClientEvent> = Extract<AnswerTo<E>, { ok: true }>;

/** The socket: connected whenever it is wanted and the service can be reached. */
export interface LiveConnection {
  /** Tries until it is connected, and again whenever the connection breaks. */
  connect(): void;
  disconnect(): void;
  /** Tries at once, if it is trying; makes sure of a connection that has been silent for long. */
  wake(): void;
  on<E extends keyof ServerToClientEvents>(event: E, listener: ServerToClientEvents[E]): void;
  /**
   * Whether a new token may be used. While there is a connection, the service has to take it there first: it may be
   * another person's, who has signed in on this page meanwhile.
   */
  admit(token: string): Promise<boolean>;
  /** Sends an event and waits for its acknowledgement. Rejects with `RequestError`. */
  call<E extends ClientEvent>(event: E, payload: Payload<E>): Promise<Result<E>>;
}

export interface LiveConnectionOptions {
  /** Where the service is; undefined for the page's own origin. */
  readonly origin: string | undefined;
  readonly path: string;
  readonly tokens: TokenSource;
  readonly timing: ClientTiming;
  /** Joined to all rooms: from now on everything new arrives by itself. */
  readonly onOnline: (event: ConnectedEvent) => void;
  /** Not connected; it is being tried. `code` says why the service refused, where it did. */
  readonly onTrying: (code?: string) => void;
  /** Trying again would not help, so it is not tried again. */
  readonly onRefused: (code: string) => void;
}

/** What a new token or a little time cannot mend. */
const finalCodes = new Set(['actor_unknown', 'actor_mismatch', 'origin_refused', 'token_in_query']);
/** What was heard so recently proves a connection; on one that is idle the service is heard every 25 s. */
const silenceMs = 5_000;
/** How long a connection that is in doubt may take to prove itself. */
const proofMs = 5_000;
/** Between two renewals at least: a token that lives for less than a minute is warned of as soon as it is there. */
const renewalGapMs = 5_000;

export function createLiveConnection(options: LiveConnectionOptions): LiveConnection {
  const { origin, path, tokens, timing } = options;
  let wanted = false;
  let isOnline = false;
  let failures = 0;
  let usedToken = '';
  let timer: ReturnType<typeof setTimeout> | undefined;
  let renewal: ReturnType<typeof setTimeout> | undefined;
  let renewedAt = -Infinity;
  /** The line that has its token, or waits for it. */
  let introducedOn: unknown;
  /** By the clock that goes on while a device sleeps. */
  let heardAt = 0;

  const settings = {
    path,
    autoConnect: false,
    forceNew: true,
    transports: ['websocket', 'polling'],
    tryAllTransports: true,
    timeout: timing.answerMs,
    reconnectionDelay: timing.retryFirstMs,
    reconnectionDelayMax: timing.retryMostMs,
    auth: (send: (auth: object) => void) => void introduce(send),
  };
  const socket: Socket<ServerToClientEvents, ClientToServerEvents> =
    origin === undefined ? io(settings) : io(origin, settings);

  const heard = (): void => void (heardAt = Date.now());
  // Answers too, which no listener for events hears.
  socket.io.on('packet', heard);
  socket.io.on('ping', heard);

  // The greeting may be lost, and nothing may come after it: then this was no connection.
  socket.on('connect', () => later(timing.answerMs, startOver));

  socket.on('connected', (event) => {
    clearTimeout(timer);
    isOnline = true;
    failures = 0;
    options.onOnline(event);
  });

  socket.on('disconnect', () => {
    clearTimeout(timer);
    clearTimeout(renewal);
    isOnline = false;
    if (!wanted) return;
    options.onTrying();
    tryLater();
  });

  socket.on('connect_error', (error: Error & { data?: { code?: string } }) => {
    const code = error.data?.code;
    if (code !== undefined && finalCodes.has(code)) return giveUp(code);
    options.onTrying(code);
    if (code?.startsWith('token_') === true && code !== 'token_missing') {
      void tokens.replace(usedToken).catch(() => undefined);
    }
    tryLater();
  });

  socket.on('auth:expiring', renewSoon);

  /**
   * Whoever connects twice on one line is told everything twice. Socket.IO asks again when there is another line, or when
   * it is told once more to connect, and would send what comes of it over whatever line there is then.
   */
  async function introduce(send: (auth: object) => void): Promise<void> {
    const line = socket.io.engine;
    if (introducedOn === line) return;
    introducedOn = line;
    // Without a token it connects all the same, is refused, and tries again.
    const token = await tokens.current().catch(() => undefined);
    if (socket.io.engine !== line) return;
    if (token !== undefined) usedToken = token;
    send({ token });
  }

  function renewSoon(): void {
    clearTimeout(renewal);
    renewal = setTimeout(() => void renew(), renewedAt + renewalGapMs - performance.now());
  }

  /** Without a new token the service ends the connection with the old one, and connecting again asks for one again. */
  async function renew(): Promise<void> {
    renewedAt = performance.now();
    const old = usedToken;
    await tokens
      .replace(old)
      .then(admit)
      .catch(() => undefined);
    // A page that still has the old one at hand may have a new one before that ends.
    if (socket.connected && usedToken === old) renewSoon();
  }

  async function admit(token: string): Promise<boolean> {
    if (!socket.connected || token === usedToken) return true;
    try {
      await request('auth:refresh', { token });
      usedToken = token;
      return true;
    } catch (thrown) {
      const { code } = asRequestError(thrown);
      if (finalCodes.has(code)) giveUp(code);
      // The connection has ended meanwhile: the next one shows whose the token is.
      return wanted && !socket.connected;
    }
  }

  function giveUp(code: string): void {
    wanted = false;
    socket.disconnect();
    options.onRefused(code);
  }

  /** Socket.IO tries again by itself after a broken line, but not after the server has refused or ended a connection. */
  function tryLater(): void {
    if (wanted && !socket.active) later(retryDelay(failures++, timing), () => socket.connect());
  }

  function later(ms: number, then: () => void): void {
    clearTimeout(timer);
    timer = setTimeout(then, ms);
  }

  /** Leaves a connection that seems dead without waiting for it to notice, and makes another. */
  function startOver(): void {
    socket.disconnect();
    clearTimeout(timer);
    if (wanted) socket.connect();
  }

  /** Whatever comes back, a refusal too, proves the connection. */
  async function prove(): Promise<void> {
    const askedAt = Date.now();
    const answerMs = Math.min(proofMs, timing.answerMs);
    await acknowledged(socket, 'auth:refresh', { token: usedToken }, answerMs).catch(() => undefined);
    if (isOnline && heardAt < askedAt) startOver();
  }

  async function call<E extends ClientEvent>(event: E, payload: Payload<E>): Promise<Result<E>> {
    // Socket.IO would keep it for later; whether it still makes sense then is for the caller to say.
    if (!isOnline) throw unreachable();
    return request(event, payload);
  }

  async function request<E extends ClientEvent>(event: E, payload: Payload<E>): Promise<Result<E>> {
    const calledAt = Date.now();
    const answer = await acknowledged(socket, event, payload, timing.answerMs).catch(() => undefined);
    if (answer?.ok === true) return answer as Result<E>;
    if (answer !== undefined) throw refusal(answer.error);
    // It may be slow with this one alone, and pings less often than that: an answer to something easy tells.
    if (isOnline && heardAt < calledAt) void prove();
    throw unreachable();
  }

  return {
    connect() {
      wanted = true;
      if (socket.connected) return;
      clearTimeout(timer);
      socket.connect();
    },
    disconnect() {
      wanted = false;
      clearTimeout(timer);
      socket.disconnect();
    },
    wake() {
      if (!wanted) return;
      if (!isOnline) startOver();
      else if (Date.now() - heardAt > silenceMs) void prove();
    },
    on: (event, listener) => void socket.on(event, listener as never),
    admit,
    call,
  };
}

/** The typed emitter cannot follow an event that is a type parameter, so the types meet here, once. */
async function acknowledged(
  socket: Socket<ServerToClientEvents, ClientToServerEvents>,
  event: string,
  payload: object,
  answerMs: number,
): Promise<Answer> {
  const untyped: Socket = socket;
  return (await untyped.timeout(answerMs).emitWithAck(event, payload)) as Answer;
}
