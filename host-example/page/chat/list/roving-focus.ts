import { useRef, useState, type KeyboardEvent, type RefCallback } from 'react';

export interface RovingFocus {
  /** The row that Tab reaches. */
  readonly index: number;
  rowRef(index: number): RefCallback<HTMLElement>;
  onKeyDown(event: KeyboardEvent): void;
  setIndex(index: number): void;
}

/** One stop for Tab in a list of any length: arrows, Home and End move within it. */
export function useRovingFocus(keys: readonly number[]): RovingFocus {
  const rows = useRef(new Map<number, HTMLElement>());
  // By its key: a row that has the focus keeps it when the list is sorted anew.
  const [wanted, setWanted] = useState<number>();
  const index = Math.max(0, wanted === undefined ? 0 : keys.indexOf(wanted));
  const setIndex = (at: number): void => setWanted(keys[at]);

  function moveTo(next: number): void {
    const inside = Math.max(0, Math.min(next, keys.length - 1));
    setIndex(inside);
    rows.current.get(inside)?.focus();
  }

  return {
    index,
    setIndex,
    rowRef: (at) => (element) => {
      if (element === null) rows.current.delete(at);
      else rows.current.set(at, element);
    },
    onKeyDown(event) {
      const steps: Partial<Record<string, number>> = {
        ArrowDown: index + 1,
        ArrowUp: index - 1,
        Home: 0,
        End: keys.length - 1,
      };
      const next = steps[event.key];
      if (next === undefined) return;
      event.preventDefault();
      moveTo(next);
    },
  };
}
