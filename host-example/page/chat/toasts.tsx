import { useCallback, useState } from 'react';
import { CloseIcon } from './icons.js';

interface Toast {
  readonly id: number;
  readonly text: string;
}

const shownMs = 6_000;
let lastId = 0;

/** Short complaints that go away by themselves. */
export function useToasts(): {
  toasts: readonly Toast[];
  complain: (text: string) => void;
  dismiss: (id: number) => void;
} {
  const [toasts, setToasts] = useState<readonly Toast[]>([]);
  const dismiss = useCallback((id: number) => setToasts((before) => before.filter((toast) => toast.id !== id)), []);
  const complain = useCallback(
    (text: string) => {
      const id = ++lastId;
      setToasts((before) => [...before, { id, text }]);
      setTimeout(() => dismiss(id), shownMs);
    },
    [dismiss],
  );
  return { toasts, complain, dismiss };
}

export function Toasts({ toasts, onDismiss }: { toasts: readonly Toast[]; onDismiss: (id: number) => void }) {
  return (
    <div className="toasts" role="alert">
      {toasts.map(({ id, text }) => (
        <div key={id} className="toast">
          <span>{text}</span>
          <button type="button" aria-label="Dismiss" onClick={() => onDismiss(id)}>
            <CloseIcon />
          </button>
        </div>
      ))}
    </div>
  );
}
