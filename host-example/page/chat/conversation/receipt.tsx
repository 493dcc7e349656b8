import { ClockIcon, OneTickIcon, TwoTicksIcon } from '../icons.js';

/** How far a message of our own has come. */
export type Progress = 'waiting' | 'sending' | 'failed' | 'sent' | 'delivered' | 'read';

const words: Record<Progress, string> = {
  waiting: 'Waiting for a connection',
  sending: 'Sending',
  failed: 'Not sent',
  sent: 'Sent',
  delivered: 'Delivered',
  read: 'Read',
};

export function Receipt({ progress }: { progress: Progress }) {
  if (progress === 'failed') return null;
  return (
    <span className="receipt" data-progress={progress} title={words[progress]}>
      {progress === 'waiting' || progress === 'sending' ? <ClockIcon /> : null}
      {progress === 'sent' ? <OneTickIcon /> : null}
      {progress === 'delivered' || progress === 'read' ? <TwoTicksIcon /> : null}
      <span className="for-ears">{words[progress]}</span>
    </span>
  );
}
