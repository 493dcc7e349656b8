import { memo, useCallback, useRef } from 'react';
import type { ChatClient } from '../chat-client/chat-client.js';
import { AlertIcon } from './icons.js';
import { MessageText } from './message-text.js';
import { PhotoGrid, picturesOf } from './photo-grid.js';
import { Receipt, type Progress } from './receipt.js';
import type { Entry, Place } from './timeline-rows.js';
import { clockTime, exactTime } from './words.js';

export interface MessageBubbleProps {
  client: ChatClient;
  chatId: number;
  entry: Entry;
  place: Place;
  /** The name of the other participant. */
  otherName: string;
  /** Of a message of our own that has arrived: whether a device of the other participant has it. */
  isDelivered: boolean;
  onOpenPhotos: (urls: readonly string[], index: number) => void;
}

export const MessageBubble = memo(function MessageBubble(props: MessageBubbleProps) {
  const { client, chatId, entry, place, otherName, onOpenPhotos } = props;
  const content = entry.arrived ? entry.message.content : entry.outgoing.content;
  const pictures = entry.arrived ? picturesOf(entry.message) : entry.outgoing.images;
  const progress = progressOf(entry, props.isDelivered);
  const sender = entry.isMine ? 'you' : otherName;
  const renewImages = useRenewal(client, chatId, entry);

  return (
    <li
      className="message"
      data-mine={entry.isMine}
      data-starts={place.startsGroup}
      data-ends={place.endsGroup}
      data-progress={progress}
      data-message-id={entry.arrived ? entry.message.id : undefined}
    >
      <span className="for-ears">{entry.isMine ? 'You said:' : `${otherName} said:`}</span>
      <div className="bubble" data-bare={content === ''} data-photos={pictures.length > 0}>
        <PhotoGrid pictures={pictures} sender={sender} onOpen={onOpenPhotos} onBroken={renewImages} />
        <MessageText text={content} />
        <span className="message-foot">
          <time dateTime={entry.at} title={exactTime(entry.at)}>
            {clockTime(entry.at)}
          </time>
          {entry.isMine && progress !== undefined ? <Receipt progress={progress} /> : null}
        </span>
      </div>
      {entry.arrived || progress !== 'failed' ? null : (
        <div className="message-failure">
          <AlertIcon />
          <span>{reasonOf(entry.outgoing.failure)}</span>
          <button type="button" onClick={() => client.retry(entry.outgoing.clientMessageId)}>
            Try again
          </button>
          <button type="button" onClick={() => client.discard(entry.outgoing.clientMessageId)}>
            Delete
          </button>
        </div>
      )}
    </li>
  );
});

function progressOf(entry: Entry, isDelivered: boolean): Progress | undefined {
  if (!entry.isMine) return undefined;
  if (!entry.arrived) return entry.outgoing.status;
  if (entry.message.isRead) return 'read';
  return isDelivered ? 'delivered' : 'sent';
}

function reasonOf(failure: { code: string; message: string } | undefined): string {
  if (failure === undefined || failure.code === 'unreachable') return 'Not sent.';
  return `Not sent. ${failure.message}.`;
}

/** Asks once for each set of URLs that did not load, and not again and again for a picture that is gone. */
function useRenewal(client: ChatClient, chatId: number, entry: Entry): () => void {
  const asked = useRef('');
  return useCallback(() => {
    if (!entry.arrived) return;
    const urls = entry.message.imageUrls.join(' ');
    if (asked.current === urls) return;
    asked.current = urls;
    client.renewImages(chatId, entry.message.id).catch(() => undefined);
  }, [client, chatId, entry]);
}
