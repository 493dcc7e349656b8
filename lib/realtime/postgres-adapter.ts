import type { Namespace } from 'socket.io';
import { ClusterAdapterWithHeartbeat } from 'socket.io-adapter';
import type { Logger } from '../logger.js';
import type { ClusterBus } from './cluster-bus.js';
import { reconnectAll } from './reconnect-all.js';

type ClusterMessage = Parameters<ClusterAdapterWithHeartbeat['onMessage']>[0];
type ClusterResponse = Parameters<ClusterAdapterWithHeartbeat['onResponse']>[0];

/** Socket.IO's cluster over the module's own database: no further server is needed. For the default namespace alone. */
export function postgresAdapter(bus: ClusterBus, logger: Logger): (nsp: Namespace) => PostgresAdapter {
  // Socket.IO calls it with `new`, which an arrow function does not stand.
  return function createAdapter(nsp) {
    return new PostgresAdapter(nsp, bus, logger);
  };
}

/** @see https://socket.io/docs/v4/adapter/ for what an adapter does. */
export class PostgresAdapter extends ClusterAdapterWithHeartbeat {
  readonly #bus: ClusterBus;

  constructor(nsp: Namespace, bus: ClusterBus, logger: Logger) {
    super(nsp, {});
    this.#bus = bus;
    bus.listen('socket.io', (message) => this.onMessage(message as ClusterMessage));
    bus.watch({
      missed: () => reconnectAll(nsp.sockets.values(), logger),
      // Everybody answers: by the numbers of their answers it shows whether anything was missed.
      regained: () => this.init(),
    });
    const { cleanupTimer } = this as unknown as { cleanupTimer?: NodeJS.Timeout };
    cleanupTimer?.unref();
  }

  override publish(message: Parameters<ClusterAdapterWithHeartbeat['publish']>[0]): void {
    super.publish(message);
    const { heartbeatTimer } = this as unknown as { heartbeatTimer?: NodeJS.Timeout };
    heartbeatTimer?.unref();
  }

  /** At once: a broadcast to the sockets here waits for no database. */
  protected override async doPublish(message: ClusterMessage): Promise<string> {
    this.#bus.publish('socket.io', message);
    return '';
  }

  protected override async doPublishResponse(_requester: string, response: ClusterResponse): Promise<void> {
    this.#bus.publish('socket.io', response);
  }
}
