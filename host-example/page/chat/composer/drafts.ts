import { useCallback, useState } from 'react';

/** What is being written in one conversation. */
export interface Draft {
  readonly text: string;
  readonly photos: readonly File[];
}

const emptyDraft: Draft = { text: '', photos: [] };

/** A draft for each conversation, so that looking into another one loses nothing. */
export function useDrafts(): {
  draftOf: (chatId: number) => Draft;
  setDraft: (chatId: number, change: Partial<Draft>) => void;
} {
  const [drafts, setDrafts] = useState<ReadonlyMap<number, Draft>>(new Map());

  const setDraft = useCallback((chatId: number, change: Partial<Draft>) => {
    setDrafts((before) => new Map(before).set(chatId, { ...(before.get(chatId) ?? emptyDraft), ...change }));
  }, []);

  return { draftOf: (chatId) => drafts.get(chatId) ?? emptyDraft, setDraft };
}
