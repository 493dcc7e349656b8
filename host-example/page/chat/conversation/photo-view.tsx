import { useEffect, useRef, useState, type KeyboardEvent } from 'react';
import { CloseIcon, NextIcon, PreviousIcon } from '../icons.js';

export interface PhotoViewProps {
  urls: readonly string[];
  startAt: number;
  /** A URL did not load: it may have run out. */
  onBroken: () => void;
  onClose: () => void;
}

/** One picture as large as the window, in a dialog that Escape, the button and a click beside it close. */
export function PhotoView({ urls, startAt, onBroken, onClose }: PhotoViewProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const [index, setIndex] = useState(startAt);
  const [broken, setBroken] = useState<string>();
  const url = urls[index];
  const step = (by: number): void => setIndex((index + by + urls.length) % urls.length);

  useEffect(() => {
    dialog.current?.showModal();
  }, []);

  function onKeyDown(event: KeyboardEvent): void {
    if (event.key === 'ArrowLeft') step(-1);
    if (event.key === 'ArrowRight') step(1);
  }

  return (
    <dialog
      ref={dialog}
      className="photo-view"
      aria-label={`Photo ${index + 1} of ${urls.length}`}
      onClose={onClose}
      onKeyDown={onKeyDown}
      onClick={(event) => {
        if (!(event.target instanceof HTMLImageElement) && !isControl(event.target)) dialog.current?.close();
      }}
    >
      {url === broken ? (
        <p role="alert">This photo could not be loaded.</p>
      ) : (
        <img
          src={url}
          alt={`Photo ${index + 1} of ${urls.length}`}
          onError={() => {
            setBroken(url);
            onBroken();
          }}
        />
      )}
      {urls.length > 1 ? (
        <>
          <button type="button" className="round photo-previous" aria-label="Previous photo" onClick={() => step(-1)}>
            <PreviousIcon />
          </button>
          <button type="button" className="round photo-next" aria-label="Next photo" onClick={() => step(1)}>
            <NextIcon />
          </button>
        </>
      ) : null}
      <button type="button" className="round photo-close" aria-label="Close" onClick={() => dialog.current?.close()}>
        <CloseIcon />
      </button>
    </dialog>
  );
}

function isControl(target: EventTarget): boolean {
  return target instanceof Element && target.closest('button') !== null;
}
