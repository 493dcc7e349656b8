import { useEffect, useRef, useState } from 'react';
import type { Message, PersonType } from '../../../../lib/client/index.js';
import { preview } from '../words.js';

export interface AnnouncerProps {
  messages: readonly Message[];
  me: PersonType | undefined;
  otherName: string;
}

/** How long a line stays, in milliseconds: long enough to be read out, short enough not to be found by browsing. */
const keptMs = 10_000;

/**
 * Says new messages of the other participant to a screen reader. The list itself is no live region, or every page of
 * history would be read out when it is loaded.
 */
export function Announcer({ messages, me, otherName }: AnnouncerProps) {
  const [lines, setLines] = useState<readonly Message[]>([]);
  const saidTo = useRef(messages.at(-1)?.id ?? 0);

  useEffect(() => {
    const fresh = messages.filter(({ id, senderType }) => id > saidTo.current && senderType !== me);
    saidTo.current = Math.max(saidTo.current, messages.at(-1)?.id ?? 0);
    if (fresh.length === 0) return;
    setLines((before) => [...before, ...fresh]);
    setTimeout(() => setLines((before) => before.filter((line) => !fresh.includes(line))), keptMs);
  }, [messages, me]);

  return (
    <div className="for-ears" role="log" aria-live="polite" aria-label={`New messages from ${otherName}`}>
      {lines.map((message) => (
        <p key={message.id}>
          {otherName}: {preview(message)}
        </p>
      ))}
    </div>
  );
}
