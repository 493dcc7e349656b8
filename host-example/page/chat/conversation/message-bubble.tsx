import { memo, useCallback, useRef } from 'react';
import { useChatClient } from '../../../../lib/client/react.js';
import { AlertIcon } from '../icons.js';
import { clockTime, exactTime } from '../words.js';
import { MessageText } from './message-text.js';
import { PhotoGrid, picturesOf } from './photo-grid.js';
import { Receipt, type Progress } from './receipt.js';
import { isOutgoing, timeOf, type Said } from './timeline-rows.js';
import { UploadBar } from './upload-bar.js';

export interface MessageBubbleProps {
  chatId: number;
  said: Said;
  isMine: boolean;
  startsGroup: boolean;
  endsGroup: boolean;
  /** The name of the other participant. */
  otherName: string;
  /** Of a message of our own: whether a device of the other participant has it. */
  isDelivered: boolean;
  onOpenPhotos: (urls: readonly string[], index: number, messageId?: number) => void;
}

/** One message. It renders again only when it has changed itself: a list has hundreds. */
export const MessageBubble = memo(function MessageBubble(props: MessageBubbleProps) {
  const { chatId, said, isMine, otherName, onOpenPhotos } = props;
  const client = useChatClient();
  const { content } = said;
  const pictures = isOutgoing(said) ? said.images : picturesOf(said);
  const progress = isMine ? progressOf(said, props.isDelivered) : undefined;
  const at = timeOf(said);
  const renewImages = useRenewal(chatId, said);

  return (
    <li
      className="message"
      data-mine={isMine}
      data-starts={props.startsGroup}
      data-ends={props.endsGroup}
      data-progress={progress}
      data-message-id={isOutgoing(said) ? undefined : said.id}
    >
      <span className="for-ears">{isMine ? 'You said:' : `${otherName} said:`}</span>
      <div className="bubble" data-bare={content === ''} data-photos={pictures.length > 0}>
        <PhotoGrid
          pictures={pictures}
          sender={isMine ? 'you' : otherName}
          onOpen={(urls, index) => onOpenPhotos(urls, index, isOutgoing(said) ? undefined : said.id)}
          onBroken={renewImages}
        />
        {isOutgoing(said) && said.status === 'sending' && said.images.length > 0 ? (
          <UploadBar progress={said.progress} onCancel={() => client.discard(said.clientMessageId)} />
        ) : null}
        <MessageText text={content} />
        <span className="message-foot">
          <time dateTime={at} title={exactTime(at)}>
            {clockTime(at)}
          </time>
          {progress === undefined ? null : <Receipt progress={progress} />}
        </span>
      </div>
      {isOutgoing(said) && said.status === 'failed' ? (
        <div className="message-failure">
          <AlertIcon />
          <span role="alert">{reasonOf(said.failure)}</span>
          <span className="message-ways">
            <button type="button" onClick={() => client.retry(said.clientMessageId)}>
              Try again
            </button>
            <button type="button" onClick={() => client.discard(said.clientMessageId)}>
              Delete
            </button>
          </span>
        </div>
      ) : null}
    </li>
  );
});

function progressOf(said: Said, isDelivered: boolean): Progress {
  if (isOutgoing(said)) return said.status;
  if (said.isRead) return 'read';
  return isDelivered ? 'delivered' : 'sent';
}

function reasonOf(failure: { code: string; message: string } | undefined): string {
  if (failure === undefined || failure.code === 'unreachable') return 'Not sent.';
  return `Not sent. ${failure.message}.`;
}

/** Asks once for each set of URLs that did not load, and not again and again for a picture that is gone. */
function useRenewal(chatId: number, said: Said): () => void {
  const client = useChatClient();
  const asked = useRef('');
  return useCallback(() => {
    if (isOutgoing(said)) return;
    const urls = said.imageUrls.join(' ');
    if (asked.current === urls) return;
    asked.current = urls;
    client.renewImages(chatId, said.id).catch(() => undefined);
  }, [client, chatId, said]);
}
