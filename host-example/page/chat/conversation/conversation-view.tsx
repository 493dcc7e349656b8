import { useCallback, useEffect, useState, type KeyboardEvent } from 'react';
import { type ChatClient, type Conversation, otherParticipant } from '../../../../lib/client/index.js';
import { Composer } from '../composer/composer.js';
import { ConnectionBanner } from '../connection-banner.js';
import type { Draft } from '../composer/drafts.js';
import { ConversationHeader } from './conversation-header.js';
import { MessageList } from './message-list.js';
import { addPhotos } from '../composer/photo-choice.js';
import { PhotoView } from './photo-view.js';
import { useClient } from '../../../../lib/client/react.js';
import { usePhotoDrop } from '../composer/use-photo-drop.js';

export interface ConversationViewProps {
  client: ChatClient;
  chatId: number;
  isShown: boolean;
  takesFocus: boolean;
  draft: Draft;
  onDraft: (chatId: number, change: Partial<Draft>) => void;
  onBack: () => void;
  onComplaint: (complaint: string) => void;
}

/** One conversation: who it is with, what was said, and where to answer. Open in the client for as long as it is shown. */
export function ConversationView(props: ConversationViewProps) {
  const { client, chatId, draft, onDraft, onBack, onComplaint } = props;
  const conversation = useClient(client, (snapshot) => snapshot.conversations.get(chatId));
  // What was written before the first page came (offline, say) is shown without it.
  const isWritten = useClient(client, ({ outbox }) => outbox.some((entry) => entry.chatId === chatId));
  const name = useOtherName(client, chatId);
  const [photos, setPhotos] = useState<{ urls: readonly string[]; startAt: number } | null>(null);
  const openPhotos = useCallback((urls: readonly string[], startAt: number) => setPhotos({ urls, startAt }), []);

  useEffect(() => {
    client.openChat(chatId);
    return () => client.closeChat(chatId);
  }, [client, chatId]);

  const drop = usePhotoDrop((files) => {
    const choice = addPhotos(draft.photos, files);
    onDraft(chatId, { photos: choice.photos });
    if (choice.complaint !== null) onComplaint(choice.complaint);
  });

  function send(): void {
    client.send(chatId, draft.text.trim() === '' ? '' : draft.text, draft.photos);
    onDraft(chatId, { text: '', photos: [] });
  }

  function onKeyDown(event: KeyboardEvent): void {
    if (event.key === 'Escape' && photos === null) onBack();
  }

  const isClosed = conversation?.details?.status === 'closed';
  return (
    <section
      className="conversation"
      aria-label={`Conversation with ${name}`}
      data-drop={drop.isOver}
      onKeyDown={onKeyDown}
      {...drop.handlers}
    >
      <ConversationHeader client={client} chatId={chatId} name={name} onBack={onBack} />
      <ConnectionBanner client={client} />
      {conversation !== undefined && (conversation.phase === 'ready' || isWritten) ? (
        <MessageList
          client={client}
          conversation={conversation}
          otherName={name}
          isShown={props.isShown}
          onOpenPhotos={openPhotos}
        />
      ) : (
        <Unready conversation={conversation} onRetry={() => client.openChat(chatId)} />
      )}
      {isClosed ? (
        <p className="closed">This conversation is closed. You can read it, but not write.</p>
      ) : (
        <Composer
          draft={draft}
          to={name}
          takesFocus={props.takesFocus}
          onChange={(change) => onDraft(chatId, change)}
          onSend={send}
          onTyping={(isTyping) => client.setTyping(chatId, isTyping)}
          onComplaint={onComplaint}
        />
      )}
      {photos === null ? null : <PhotoView {...photos} onClose={() => setPhotos(null)} />}
    </section>
  );
}

function Unready({ conversation, onRetry }: { conversation: Conversation | undefined; onRetry: () => void }) {
  if (conversation?.phase !== 'failed') {
    return (
      <div className="messages skeleton" role="status">
        <span className="for-ears">Loading messages</span>
        <i />
        <i />
        <i />
        <i />
      </div>
    );
  }
  return (
    <div className="empty" role="alert">
      <p>This conversation could not be loaded.</p>
      <button type="button" className="primary" onClick={onRetry}>
        Try again
      </button>
    </div>
  );
}

function useOtherName(client: ChatClient, chatId: number): string {
  return useClient(client, ({ chatList, conversations, me }) => {
    const chat = chatList.chats.find(({ id }) => id === chatId) ?? conversations.get(chatId)?.details;
    if (chat === undefined || chat === null || me === null) return '';
    return otherParticipant(chat, me.type).name || 'Someone who has left';
  });
}
