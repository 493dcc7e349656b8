import { useCallback, useEffect, useRef, useState } from 'react';
import { asRequestError } from '../../../lib/client/index.js';
import { ChatListView } from './list/chat-list-view.js';
import { ConversationView } from './conversation/conversation-view.js';
import { useDrafts } from './composer/drafts.js';
import { ChatIcon } from './icons.js';
import { Toasts, useToasts } from './toasts.js';
import { useChatClient, useChatSnapshot } from '../../../lib/client/react.js';

export interface ChatAppProps {
  personName: string;
  /** False while the pane is out of view. */
  isShown: boolean;
}

/** What is open, and whether the person asked for it: only then may it take the keyboard. */
interface Opened {
  readonly chatId: number;
  readonly byHand: boolean;
}

/** A person's chats: the list and a conversation, side by side where there is room, else one after the other. */
export function ChatApp({ personName, isShown }: ChatAppProps) {
  const client = useChatClient();
  const [opened, setOpened] = useState<Opened | null>(null);
  const [isStarting, setIsStarting] = useState(false);
  const { draftOf, setDraft } = useDrafts();
  const { toasts, complain, dismiss } = useToasts();
  const place = useRef<HTMLDivElement>(null);
  const onlyChatId = useOnlyChat();

  // A customer with one conversation came for that one.
  const wasTaken = useRef(false);
  useEffect(() => {
    if (wasTaken.current || onlyChatId === null) return;
    wasTaken.current = true;
    setOpened({ chatId: onlyChatId, byHand: false });
  }, [onlyChatId]);

  const open = useCallback((chatId: number) => {
    wasTaken.current = true;
    setOpened({ chatId, byHand: true });
  }, []);

  const back = useCallback(() => {
    setOpened(null);
    // The keyboard goes on where it was: the list comes into view with the next frame.
    requestAnimationFrame(() => place.current?.querySelector<HTMLElement>('.chat-row[tabindex="0"]')?.focus());
  }, []);

  async function start(): Promise<void> {
    setIsStarting(true);
    try {
      open(await client.startChat());
    } catch (thrown) {
      const { code } = asRequestError(thrown);
      complain(startFailures[code] ?? 'The conversation could not be started. Please try again.');
    } finally {
      setIsStarting(false);
    }
  }

  return (
    <div ref={place} className="chat-app" data-view={opened === null ? 'list' : 'conversation'}>
      <ChatListView
        personName={personName}
        openChatId={opened?.chatId ?? null}
        isStarting={isStarting}
        onOpen={open}
        onStart={() => void start()}
      />
      {opened === null ? (
        <section className="conversation nothing-open" aria-label="Conversation">
          <div className="empty">
            <ChatIcon />
            <p>Choose a conversation.</p>
          </div>
        </section>
      ) : (
        <ConversationView
          key={opened.chatId}
          chatId={opened.chatId}
          isShown={isShown}
          takesFocus={opened.byHand}
          draft={draftOf(opened.chatId)}
          onDraft={setDraft}
          onBack={back}
          onComplaint={complain}
        />
      )}
      <Toasts toasts={toasts} onDismiss={dismiss} />
    </div>
  );
}

const startFailures: Partial<Record<string, string>> = {
  no_assigned_dentist: 'No dentist is assigned to you yet. Please ask the clinic.',
  unreachable: 'There is no connection. Please try again when you are online.',
};

/** The id of a customer's conversation when there is just one. */
function useOnlyChat(): number | null {
  return useChatSnapshot(({ me, chatList }) => {
    const [first, ...more] = chatList.chats;
    return me?.type === 'customer' && chatList.phase === 'ready' && more.length === 0 ? (first?.id ?? null) : null;
  });
}
