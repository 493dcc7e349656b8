import type { ReactNode } from 'react';

const address = /(https?:\/\/[^\s<>"]*[^\s<>".,;:!?)\]'])/;

/** Text as it was written, with web addresses that can be followed. */
export function MessageText({ text }: { text: string }) {
  if (text === '') return null;
  const parts = text.split(address).map((part, index): ReactNode =>
    // Splitting by a group puts every address at an odd place.
    index % 2 === 0 ? (
      part
    ) : (
      <a key={index} href={part} target="_blank" rel="noopener noreferrer nofollow">
        {part}
      </a>
    ),
  );
  return (
    <p className="message-text" dir="auto">
      {parts}
    </p>
  );
}
