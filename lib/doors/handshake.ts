import type { ExtendedError } from 'socket.io';
import type { TokenVerifier } from '../auth/token-verifier.js';
import type { Admission } from '../chats/admission.js';
import { chatError } from '../errors.js';
import type { Logger } from '../logger.js';
import { toAnswer } from './error-answer.js';
import type { ChatSocket } from './socket-types.js';

/** Query parameters under which people send tokens. Queries end up in the logs of every proxy on the way. */
const tokenParameters = ['token', 'access_token', 'auth', 'jwt', 'authorization'];

/**
 * The socket door's lock: the token of `auth.token`, judged as REST judges it. A refusal is the client's
 * `connect_error` with `data.code`.
 */
export function createHandshake(tokenVerifier: TokenVerifier, admission: Admission, logger: Logger) {
  return (socket: ChatSocket, next: (err?: ExtendedError) => void): void => {
    admit(socket).then(
      () => next(),
      (error: unknown) => {
        const refusal = toAnswer(error, logger, { door: 'socket', operation: 'connect' });
        next(Object.assign(new Error(refusal.message), { data: refusal.toPublic() }));
      },
    );
  };

  async function admit(socket: ChatSocket): Promise<void> {
    const { query, auth } = socket.handshake;
    if (tokenParameters.some((name) => query[name] !== undefined)) throw chatError('token_in_query');
    const token: unknown = auth['token'];
    if (token === undefined || token === null || token === '') throw chatError('token_missing');
    if (typeof token !== 'string') throw chatError('token_invalid');
    const { actor, expiresAt } = await tokenVerifier.authenticate(token);
    await admission.admit(actor);
    socket.data = { actor, expiresAt };
  }
}
