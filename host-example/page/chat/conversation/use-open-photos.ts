import { useCallback, useState } from 'react';
import type { Conversation } from '../../../../lib/client/index.js';
import { useChatClient } from '../../../../lib/client/react.js';
import type { PhotoViewProps } from './photo-view.js';

interface OpenPhotos {
  readonly urls: readonly string[];
  readonly startAt: number;
  readonly messageId: number | undefined;
  readonly isRenewed: boolean;
}

/** The pictures of a message that are open, if any. Their URLs live for minutes: one that has run out is renewed, once. */
export function useOpenPhotos(chatId: number, conversation: Conversation | undefined) {
  const client = useChatClient();
  const [photos, setPhotos] = useState<OpenPhotos | null>(null);
  const open = useCallback(
    (urls: readonly string[], startAt: number, messageId?: number) =>
      setPhotos({ urls, startAt, messageId, isRenewed: false }),
    [],
  );

  function renew(): void {
    if (photos?.messageId === undefined || photos.isRenewed) return;
    client.renewImages(chatId, photos.messageId).then(
      () => setPhotos((before) => before && { ...before, isRenewed: true }),
      () => undefined,
    );
  }

  const message =
    photos?.isRenewed === true ? conversation?.messages.find(({ id }) => id === photos.messageId) : undefined;
  const shown: PhotoViewProps | null = photos && {
    urls: message?.imageUrls ?? photos.urls,
    startAt: photos.startAt,
    onBroken: renew,
    onClose: () => setPhotos(null),
  };
  return { shown, open };
}
