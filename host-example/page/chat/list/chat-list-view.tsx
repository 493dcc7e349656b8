import type { ChatListState } from '../../../../lib/client/index.js';
import { ChatRow, unreadWords } from './chat-row.js';
import { ConnectionBanner } from '../connection-banner.js';
import { ChatIcon } from '../icons.js';
import { useRovingFocus } from './roving-focus.js';
import { useChatClient, useChatList, useChatSnapshot } from '../../../../lib/client/react.js';

export interface ChatListViewProps {
  /** Whose list it is, for the landmark's label. */
  personName: string;
  openChatId: number | null;
  isStarting: boolean;
  onOpen: (chatId: number) => void;
  onStart: () => void;
}

/** All conversations of a person. */
export function ChatListView({ personName, openChatId, isStarting, onOpen, onStart }: ChatListViewProps) {
  const { refreshChats } = useChatClient();
  const { phase, chats } = useChatList();
  const me = useChatSnapshot((snapshot) => snapshot.me?.type);
  const online = useChatSnapshot((snapshot) => snapshot.online);
  const typing = useChatSnapshot((snapshot) => snapshot.typing);
  const focus = useRovingFocus(chats.map(({ id }) => id));

  return (
    <nav className="chat-list" aria-label={`Conversations of ${personName}`}>
      <header>
        <h2>Messages</h2>
        <p role="status" className="for-ears">
          {phase === 'ready' ? unreadWords(chats) : 'Loading conversations'}
        </p>
      </header>
      <ConnectionBanner />
      {me === undefined || chats.length === 0 ? (
        <NoChats
          phase={phase}
          isCustomer={me === 'customer'}
          isStarting={isStarting}
          onStart={onStart}
          onRetry={refreshChats}
        />
      ) : (
        <ul onKeyDown={focus.onKeyDown}>
          {chats.map((chat, index) => (
            <li key={chat.id}>
              <ChatRow
                chat={chat}
                me={me}
                isOpen={chat.id === openChatId}
                isOnline={online.has(chat.id)}
                isTyping={typing.has(chat.id)}
                tabIndex={index === focus.index ? 0 : -1}
                ref={focus.rowRef(index)}
                onOpen={() => {
                  focus.setIndex(index);
                  onOpen(chat.id);
                }}
              />
            </li>
          ))}
        </ul>
      )}
    </nav>
  );
}

interface NoChatsProps extends Pick<ChatListState, 'phase'> {
  isCustomer: boolean;
  isStarting: boolean;
  onStart: () => void;
  onRetry: () => void;
}

function NoChats({ phase, isCustomer, isStarting, onStart, onRetry }: NoChatsProps) {
  if (phase === 'loading') {
    return (
      <div className="chat-list-skeleton" aria-hidden="true">
        <i />
        <i />
        <i />
      </div>
    );
  }
  if (phase === 'failed') {
    return (
      <div className="empty" role="alert">
        <p>Your conversations could not be loaded.</p>
        <button type="button" className="primary" onClick={onRetry}>
          Try again
        </button>
      </div>
    );
  }
  if (!isCustomer) {
    return (
      <div className="empty">
        <ChatIcon />
        <p>No conversations yet.</p>
        <p>When a patient writes to you, you will see it here.</p>
      </div>
    );
  }
  return (
    <div className="empty">
      <ChatIcon />
      <p>You have not written to your dentist yet.</p>
      <p>Questions about your treatment, a photo of your progress: just ask.</p>
      <button type="button" className="primary" disabled={isStarting} onClick={onStart}>
        Start a conversation
      </button>
    </div>
  );
}
