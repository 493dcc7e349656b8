import {
  useEffect,
  useId,
  useLayoutEffect,
  useRef,
  type ClipboardEvent,
  type FormEvent,
  type KeyboardEvent,
} from 'react';
import type { Draft } from './drafts.js';
import { PhotoIcon, SendIcon } from '../icons.js';
import { addPhotos, filesOf, photoTypes } from './photo-choice.js';
import { PhotoTray } from './photo-tray.js';

export interface ComposerProps {
  draft: Draft;
  /** The name of the other participant. */
  to: string;
  /** Take the keyboard at once: the person has just asked for this conversation. */
  takesFocus: boolean;
  onChange: (change: Partial<Draft>) => void;
  onSend: () => void;
  onTyping: (isTyping: boolean) => void;
  onComplaint: (complaint: string) => void;
}

/** Characters that the service takes, and from where on the rest is counted down. */
const maxLength = 10_000;
const countsFrom = 9_500;

/** On a touch keyboard Enter makes a line, as people there expect; a button sends. */
const hasKeyboard = (): boolean => matchMedia('(pointer: fine)').matches;

/** Where a message is written. Enter sends, Shift+Enter makes a line; photos by button, paste or drop. */
export function Composer({ draft, to, takesFocus, onChange, onSend, onTyping, onComplaint }: ComposerProps) {
  const { text, photos } = draft;
  const field = useRef<HTMLTextAreaElement>(null);
  const chooser = useRef<HTMLInputElement>(null);
  const fieldId = useId();
  const isTooLong = text.length > maxLength;
  const canSend = !isTooLong && (text.trim() !== '' || photos.length > 0);

  useEffect(() => {
    if (takesFocus && hasKeyboard()) field.current?.focus();
  }, [takesFocus]);

  useLayoutEffect(() => {
    if (field.current !== null) growToText(field.current);
  }, [text]);

  function attach(files: readonly File[]): void {
    if (files.length === 0) return;
    const choice = addPhotos(photos, files);
    onChange({ photos: choice.photos });
    if (choice.complaint !== null) onComplaint(choice.complaint);
  }

  function send(event?: FormEvent): void {
    event?.preventDefault();
    if (!canSend) return;
    onTyping(false);
    onSend();
    field.current?.focus();
  }

  function onKeyDown(event: KeyboardEvent): void {
    // While an input method composes a word, Enter belongs to it.
    if (event.key !== 'Enter' || event.shiftKey || event.nativeEvent.isComposing || !hasKeyboard()) return;
    event.preventDefault();
    send();
  }

  function onPaste(event: ClipboardEvent): void {
    const files = filesOf(event.clipboardData);
    if (files.length === 0) return;
    event.preventDefault();
    attach(files);
  }

  return (
    <form className="composer" aria-label={`Write to ${to}`} onSubmit={send}>
      <PhotoTray photos={photos} onRemove={(gone) => onChange({ photos: photos.filter((photo) => photo !== gone) })} />
      <div className="composer-row">
        <button type="button" className="round" aria-label="Add photos" onClick={() => chooser.current?.click()}>
          <PhotoIcon />
        </button>
        <input
          ref={chooser}
          type="file"
          accept={photoTypes.join(',')}
          multiple
          hidden
          aria-label="Photos"
          onChange={(event) => {
            attach([...(event.target.files ?? [])]);
            // So that the same file can be chosen again after it was taken out.
            event.target.value = '';
          }}
        />
        <label htmlFor={fieldId} className="for-ears">
          Message to {to}
        </label>
        <textarea
          id={fieldId}
          ref={field}
          rows={1}
          value={text}
          dir="auto"
          placeholder="Write a message"
          aria-invalid={isTooLong}
          onChange={(event) => {
            onChange({ text: event.target.value });
            onTyping(event.target.value !== '');
          }}
          onKeyDown={onKeyDown}
          onPaste={onPaste}
        />
        <button type="submit" className="round send" aria-label="Send" aria-disabled={!canSend}>
          <SendIcon />
        </button>
      </div>
      {text.length > countsFrom ? (
        <p className="composer-count" role="status" data-over={isTooLong}>
          {isTooLong ? `${text.length - maxLength} characters too many` : `${maxLength - text.length} characters left`}
        </p>
      ) : null}
    </form>
  );
}

/** The row keeps its height while the text is measured: were it lower for that moment, the messages above would lose their place. */
function growToText(field: HTMLTextAreaElement): void {
  const row = field.parentElement;
  if (row !== null) row.style.minHeight = `${row.offsetHeight}px`;
  field.style.height = 'auto';
  field.style.height = `${field.scrollHeight}px`;
  if (row !== null) row.style.minHeight = '';
}
