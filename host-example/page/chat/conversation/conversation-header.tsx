import { Avatar } from '../avatar.js';
import { BackIcon } from '../icons.js';
import { useConnection, usePresence, useUnreadCount } from '../../../../lib/client/react.js';

export interface ConversationHeaderProps {
  chatId: number;
  name: string;
  onBack: () => void;
}

/** Who the conversation is with and whether they are there; on a narrow page the way back, and what waits there. */
export function ConversationHeader({ chatId, name, onBack }: ConversationHeaderProps) {
  const isConnected = useConnection().status === 'online';
  const { isOnline, isTyping } = usePresence(chatId);
  const elsewhere = useUnreadCount(chatId);
  // Without a connection of our own nothing is known of the other's.
  const presence = !isConnected ? '' : isTyping ? 'typing…' : isOnline ? 'Online' : 'Offline';
  const backLabel = elsewhere > 0 ? `Back to all conversations, ${elsewhere} unread` : 'Back to all conversations';
  return (
    <header className="conversation-header">
      <button type="button" className="round back" aria-label={backLabel} onClick={onBack}>
        <BackIcon />
        {elsewhere > 0 ? <span className="unread">{elsewhere}</span> : null}
      </button>
      <Avatar name={name} isOnline={isOnline} />
      <div>
        <h2>{name}</h2>
        <p className="presence" data-typing={isConnected && isTyping}>
          {presence}
        </p>
      </div>
    </header>
  );
}
