import type { ChatClient } from '../../../../lib/client/index.js';
import { Avatar } from '../avatar.js';
import { BackIcon } from '../icons.js';
import { useClient } from '../../../../lib/client/react.js';

export interface ConversationHeaderProps {
  client: ChatClient;
  chatId: number;
  name: string;
  onBack: () => void;
}

/** Who the conversation is with and whether they are there; on a narrow page the way back, and what waits there. */
export function ConversationHeader({ client, chatId, name, onBack }: ConversationHeaderProps) {
  const isOnline = useClient(client, (snapshot) => snapshot.online.has(chatId));
  const presence = useClient(client, ({ connection, online, typing }) => {
    // Without a connection of our own nothing is known of the other's.
    if (connection.status !== 'online') return '';
    return typing.has(chatId) ? 'typing…' : online.has(chatId) ? 'Online' : 'Offline';
  });
  const elsewhere = useClient(client, ({ chatList }) =>
    chatList.chats.reduce((sum, chat) => (chat.id === chatId ? sum : sum + chat.unreadCount), 0),
  );
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
        <p className="presence" data-typing={presence === 'typing…'}>
          {presence}
        </p>
      </div>
    </header>
  );
}
