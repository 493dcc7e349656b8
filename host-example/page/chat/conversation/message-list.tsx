import { useCallback, useEffect, useMemo, useState } from 'react';
import type { Conversation, OutgoingMessage } from '../../../../lib/client/index.js';
import { Announcer } from './announcer.js';
import { DownIcon } from '../icons.js';
import { MessageBubble } from './message-bubble.js';
import { isOutgoing, timelineRows, type MessageRow, type TimelineRow } from './timeline-rows.js';
import { useChatSnapshot, useConnection, usePresence } from '../../../../lib/client/react.js';
import { useReading } from './use-reading.js';
import { useScroll } from './use-scroll.js';
import { count, dayName } from '../words.js';

export interface MessageListProps {
  conversation: Conversation;
  outgoing: readonly OutgoingMessage[];
  otherName: string;
  /** False while the pane is out of view: nothing counts as read then. */
  isShown: boolean;
  onSeen: (messageId: number) => void;
  onLoadOlder: () => Promise<void>;
  onOpenPhotos: (urls: readonly string[], index: number, messageId?: number) => void;
}

/** The messages of a conversation, oldest first, with the way to older ones above and to the newest below. */
export function MessageList(props: MessageListProps) {
  const { conversation, outgoing, otherName, isShown, onSeen, onLoadOlder, onOpenPhotos } = props;
  const { chatId, phase, messages, hasOlder, older, firstUnreadId, deliveredUpTo } = conversation;
  const me = useChatSnapshot((snapshot) => snapshot.me?.type);
  const { isTyping } = usePresence(chatId);
  const isOnline = useConnection().status === 'online';
  const rows = useMemo(
    () => timelineRows(messages, outgoing, firstUnreadId, me),
    [messages, outgoing, firstUnreadId, me],
  );

  const loadOlder = useCallback(() => {
    if (hasOlder && older === 'idle' && isOnline) void onLoadOlder();
  }, [onLoadOlder, hasOlder, older, isOnline]);
  const listed = { oldest: rows[0]?.key, newest: rows.at(-1)?.key, isNewestOutgoing: outgoing.length > 0 };
  const { box, content, isAtEnd, toEnd, onScroll } = useScroll(listed, loadOlder);

  const newestId = messages.at(-1)?.id ?? 0;
  useReading(box, isShown, onSeen, [newestId]);

  const [seenTo, setSeenTo] = useState(newestId);
  useEffect(() => {
    if (isAtEnd) setSeenTo(newestId);
  }, [isAtEnd, newestId]);
  const below = messages.filter(({ id, senderType }) => id > seenTo && senderType !== me).length;

  return (
    <div className="messages">
      <div
        ref={box}
        className="messages-scroll"
        role="region"
        aria-label={`Messages with ${otherName}`}
        tabIndex={0}
        onScroll={onScroll}
      >
        <History
          phase={phase}
          hasOlder={hasOlder}
          older={older}
          otherName={otherName}
          onLoad={() => void onLoadOlder()}
        />
        <ol ref={content} className="message-rows" aria-busy={older === 'loading'}>
          {rows.map((row) =>
            row.kind === 'message' ? (
              <MessageBubble
                key={row.key}
                chatId={chatId}
                said={row.said}
                isMine={row.isMine}
                startsGroup={row.startsGroup}
                endsGroup={row.endsGroup}
                otherName={otherName}
                isDelivered={row.isMine && !isOutgoing(row.said) && row.said.id <= deliveredUpTo}
                onOpenPhotos={onOpenPhotos}
              />
            ) : (
              <Separator key={row.key} row={row} />
            ),
          )}
          {isTyping ? <TypingBubble name={otherName} /> : null}
        </ol>
      </div>
      <button type="button" className="to-latest" hidden={isAtEnd} onClick={() => toEnd('smooth')}>
        <DownIcon />
        {below > 0 ? count(below, 'new message') : 'Latest'}
      </button>
      {/* What is there when it begins is not new: so it begins with the first page. */}
      {phase === 'ready' ? <Announcer messages={messages} me={me} otherName={otherName} /> : null}
    </div>
  );
}

function Separator({ row }: { row: Exclude<TimelineRow, MessageRow> }) {
  if (row.kind === 'day') return <li className="day">{dayName(row.at)}</li>;
  return (
    <li className="unread-line" data-start-here>
      New messages
    </li>
  );
}

function TypingBubble({ name }: { name: string }) {
  return (
    <li className="message typing" data-mine={false} data-starts data-ends>
      <div className="bubble">
        <span className="for-ears">{name} is typing</span>
        <i />
        <i />
        <i />
      </div>
    </li>
  );
}

interface HistoryProps extends Pick<Conversation, 'phase' | 'hasOlder' | 'older'> {
  otherName: string;
  onLoad: () => void;
}

/** Always as high, so that nothing moves when the next page is asked for. */
function History({ phase, hasOlder, older, otherName, onLoad }: HistoryProps) {
  if (phase !== 'ready') return <p className="history">Earlier messages are not loaded yet.</p>;
  if (!hasOlder) return <p className="history">This is where your conversation with {otherName} begins.</p>;
  if (older === 'failed') {
    return (
      <p className="history">
        Earlier messages could not be loaded.{' '}
        <button type="button" className="link" onClick={onLoad}>
          Try again
        </button>
      </p>
    );
  }
  return <p className="history">{older === 'loading' ? 'Loading earlier messages' : ''}</p>;
}
