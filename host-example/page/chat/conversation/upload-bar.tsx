import { CloseIcon } from '../icons.js';

export interface UploadBarProps {
  /** How much has gone out, from 0 to 1; at 1 the service prepares the pictures. */
  progress: number;
  onCancel: () => void;
}

/** How far a message's pictures have come, over them, and the way to stop it. */
export function UploadBar({ progress, onCancel }: UploadBarProps) {
  return (
    <div className="upload">
      <progress aria-label="Sending photos" max={1} value={progress === 1 ? undefined : progress} />
      <button type="button" className="round" aria-label="Do not send" title="Do not send" onClick={onCancel}>
        <CloseIcon />
      </button>
    </div>
  );
}
