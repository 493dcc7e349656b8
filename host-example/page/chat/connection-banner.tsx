import type { ChatClient } from '../../../lib/client/index.js';
import { PhoneSlashIcon } from './icons.js';
import { useClient } from '../../../lib/client/react.js';

/** Says when there is no connection, and nothing when there is one. */
export function ConnectionBanner({ client }: { client: ChatClient }) {
  const status = useClient(client, (snapshot) => snapshot.connection.status);
  return (
    <div className="connection" role="status" data-status={status}>
      {status === 'online' ? null : (
        <p>
          <PhoneSlashIcon />
          {words[status]}
        </p>
      )}
    </div>
  );
}

const words = {
  offline: 'You are offline. Messages are sent when you are back.',
  connecting: 'Connecting. Messages are sent as soon as it works.',
  refused: 'You are not signed in.',
};
