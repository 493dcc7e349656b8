import { PhoneSlashIcon } from './icons.js';
import { useConnection } from '../../../lib/client/react.js';

/** Says when there is no connection, and nothing when there is one. */
export function ConnectionBanner() {
  const { status } = useConnection();
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
