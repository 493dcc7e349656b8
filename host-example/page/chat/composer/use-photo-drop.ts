import { useState, type DragEvent } from 'react';
import { filesOf } from './photo-choice.js';

export interface PhotoDrop {
  /** Files are held above the element now. */
  readonly isOver: boolean;
  readonly handlers: {
    onDragEnter: (event: DragEvent) => void;
    onDragOver: (event: DragEvent) => void;
    onDragLeave: (event: DragEvent) => void;
    onDrop: (event: DragEvent) => void;
  };
}

/** Lets an element take files that are dropped on it, and nothing else that can be dragged. */
export function usePhotoDrop(onFiles: (files: readonly File[]) => void): PhotoDrop {
  const [isOver, setIsOver] = useState(false);
  const hasFiles = ({ dataTransfer }: DragEvent): boolean => dataTransfer.types.includes('Files');

  function allow(event: DragEvent): void {
    if (!hasFiles(event)) return;
    event.preventDefault();
    setIsOver(true);
  }

  return {
    isOver,
    handlers: {
      onDragEnter: allow,
      onDragOver: allow,
      onDragLeave(event) {
        // Moving between the element's own children leaves them, not it.
        const to = event.relatedTarget;
        if (!(to instanceof Node && event.currentTarget.contains(to))) setIsOver(false);
      },
      onDrop(event) {
        if (!hasFiles(event)) return;
        event.preventDefault();
        setIsOver(false);
        onFiles(filesOf(event.dataTransfer));
      },
    },
  };
}
