import { useCallback, useEffect, useLayoutEffect, useRef, useState, type RefObject } from 'react';

export interface Scroll {
  readonly box: RefObject<HTMLDivElement | null>;
  readonly content: RefObject<HTMLOListElement | null>;
  /** Whether the newest message is in view, or as good as. */
  readonly isAtEnd: boolean;
  toEnd(behavior?: ScrollBehavior): void;
  onScroll(): void;
}

/** What the list holds, so that the hook can tell older messages from newer ones. */
export interface Listed {
  readonly oldest: string | undefined;
  readonly newest: string | undefined;
  /** The newest is our own and on its way: whoever sends wants to see it. */
  readonly isNewestOutgoing: boolean;
}

/** Closer to an edge than this counts as being there, in pixels. */
const atEndWithin = 60;
const nearTopWithin = 300;

/**
 * Keeps the reader's place: older messages grow above it, newer ones below, and whoever is at the end stays there. The
 * list starts at the element with `data-start-here` if there is one, else at the end.
 */
export function useScroll(listed: Listed, onNearTop: () => void): Scroll {
  const box = useRef<HTMLDivElement>(null);
  const content = useRef<HTMLOListElement>(null);
  const last = useRef({ ...listed, oldest: undefined as string | undefined, height: 0, isAtEnd: true });
  const [isAtEnd, setIsAtEnd] = useState(true);

  const toEnd = useCallback((wanted: ScrollBehavior = 'instant') => {
    const behavior = matchMedia('(prefers-reduced-motion: reduce)').matches ? 'instant' : wanted;
    box.current?.scrollTo({ top: box.current.scrollHeight, behavior });
  }, []);

  const look = useCallback(() => {
    const element = box.current;
    if (element === null) return;
    last.current.isAtEnd = element.scrollHeight - element.scrollTop - element.clientHeight < atEndWithin;
    setIsAtEnd(last.current.isAtEnd);
  }, []);

  const onScroll = useCallback(() => {
    look();
    if ((box.current?.scrollTop ?? Infinity) < nearTopWithin) onNearTop();
  }, [look, onNearTop]);

  useLayoutEffect(() => {
    const element = box.current;
    if (element === null || listed.oldest === undefined) return;
    const before = last.current;
    if (before.oldest === undefined) {
      const start = element.querySelector<HTMLElement>('[data-start-here]');
      element.scrollTop = start === null ? element.scrollHeight : start.offsetTop - element.clientHeight / 4;
    } else if (listed.newest !== before.newest && (before.isAtEnd || listed.isNewestOutgoing)) {
      toEnd();
    } else if (listed.oldest !== before.oldest) {
      element.scrollTop += element.scrollHeight - before.height;
    }
    last.current = { ...listed, height: element.scrollHeight, isAtEnd: before.isAtEnd };
    look();
  }, [listed.oldest, listed.newest, listed.isNewestOutgoing, look, toEnd]);

  // A window so tall that nothing is left to scroll has to ask for more by itself.
  useEffect(() => {
    if ((box.current?.scrollTop ?? Infinity) < nearTopWithin) onNearTop();
  }, [listed.oldest, onNearTop]);

  // Whatever else changes a height (a typing indicator, a keyboard, a font) must not push the end out of view.
  useEffect(() => {
    const observer = new ResizeObserver(() => {
      if (last.current.isAtEnd) toEnd();
      last.current.height = box.current?.scrollHeight ?? 0;
    });
    if (box.current !== null) observer.observe(box.current);
    if (content.current !== null) observer.observe(content.current);
    return () => observer.disconnect();
  }, [toEnd, listed.oldest === undefined]);

  return { box, content, isAtEnd, toEnd, onScroll };
}
