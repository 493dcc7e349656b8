import { useEffect, useSyncExternalStore, type RefObject } from 'react';

/**
 * Reports the newest message that has been in view: `data-message-id` of the last one whose end can be seen, while the
 * page can be seen at all. Looks again whenever `changes` differ or the list is scrolled.
 */
export function useReading(
  box: RefObject<HTMLElement | null>,
  isShown: boolean,
  onSeen: (messageId: number) => void,
  changes: readonly unknown[],
): void {
  const isVisible = useSyncExternalStore(subscribeToVisibility, () => document.visibilityState === 'visible');

  useEffect(() => {
    const element = box.current;
    if (element === null || !isShown || !isVisible) return;
    let frame = 0;
    const look = (): void => {
      const id = lastInView(element);
      if (id !== null) onSeen(id);
    };
    const lookSoon = (): void => {
      cancelAnimationFrame(frame);
      frame = requestAnimationFrame(look);
    };
    lookSoon();
    element.addEventListener('scroll', lookSoon, { passive: true });
    return () => {
      cancelAnimationFrame(frame);
      element.removeEventListener('scroll', lookSoon);
    };
  }, [box, isShown, isVisible, onSeen, ...changes]);
}

function lastInView(box: HTMLElement): number | null {
  const bottom = box.getBoundingClientRect().bottom + 8;
  const messages = [...box.querySelectorAll<HTMLElement>('[data-message-id]')];
  const last = messages.findLast((message) => message.getBoundingClientRect().bottom <= bottom);
  return last === undefined ? null : Number(last.dataset['messageId']);
}

function subscribeToVisibility(listener: () => void): () => void {
  document.addEventListener('visibilitychange', listener);
  return () => document.removeEventListener('visibilitychange', listener);
}
