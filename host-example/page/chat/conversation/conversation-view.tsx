import type { KeyboardEvent } from 'react';
import { otherParticipant, type Conversation } from '../../../../lib/client/index.js';
import { Composer } from '../composer/composer.js';
import { ConnectionBanner } from '../connection-banner.js';
import type { Draft } from '../composer/drafts.js';
import { ConversationHeader } from './conversation-header.js';
import { MessageList } from './message-list.js';
import { addPhotos } from '../composer/photo-choice.js';
import { PhotoView } from './photo-view.js';
import { useOpenPhotos } from './use-open-photos.js';
import { useChatSnapshot, useConversation } from '../../../../lib/client/react.js';
import { usePhotoDrop } from '../composer/use-photo-drop.js';

export interface ConversationViewProps {
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
  const { chatId, draft, onDraft, onBack, onComplaint } = props;
  const view = useConversation(chatId);
  const { conversation, outgoing } = view;
  const name = useOtherName(chatId);
  const photos = useOpenPhotos(chatId, conversation);

  const drop = usePhotoDrop((files) => {
    const choice = addPhotos(draft.photos, files);
    onDraft(chatId, { photos: choice.photos });
    if (choice.complaint !== null) onComplaint(choice.complaint);
  });

  function send(): void {
    view.send(draft.text.trim() === '' ? '' : draft.text, draft.photos);
    onDraft(chatId, { text: '', photos: [] });
  }

  function onKeyDown(event: KeyboardEvent): void {
    // Within an input method, Escape is for what it composes.
    if (event.key === 'Escape' && photos.shown === null && !event.nativeEvent.isComposing) onBack();
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
      <ConversationHeader chatId={chatId} name={name} onBack={onBack} />
      <ConnectionBanner />
      {/* What was written before the first page came (offline, say) is shown without it. */}
      {conversation !== undefined && (conversation.phase === 'ready' || outgoing.length > 0) ? (
        <MessageList
          conversation={conversation}
          outgoing={outgoing}
          onSeen={view.markRead}
          onLoadOlder={view.loadOlder}
          otherName={name}
          isShown={props.isShown}
          onOpenPhotos={photos.open}
        />
      ) : (
        <Unready conversation={conversation} onRetry={view.reload} />
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
          onTyping={view.setTyping}
          onComplaint={onComplaint}
        />
      )}
      {photos.shown === null ? null : <PhotoView {...photos.shown} />}
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

function useOtherName(chatId: number): string {
  return useChatSnapshot(({ chatList, conversations, me }) => {
    const chat = chatList.chats.find(({ id }) => id === chatId) ?? conversations.get(chatId)?.details;
    if (chat === undefined || chat === null || me === null) return '';
    return otherParticipant(chat, me.type).name || 'Someone who has left';
  });
}
