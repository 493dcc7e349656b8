import { useState, type CSSProperties } from 'react';

export interface PhotoProps {
  /** Empty while there is none yet. */
  thumbnail: string;
  style: CSSProperties | undefined;
  label: string;
  onOpen: () => void;
  onBroken: () => void;
}

/** One picture, as a button that opens it; where it did not load, its blur, and the button tries again. */
export function Photo({ thumbnail, style, label, onOpen, onBroken }: PhotoProps) {
  const [broken, setBroken] = useState('');
  const isBroken = thumbnail !== '' && thumbnail === broken;
  return (
    <button
      type="button"
      className="photo"
      style={style}
      aria-label={isBroken ? `${label} could not be loaded: try again` : `${label}: open`}
      onClick={() => (isBroken ? setBroken('') : onOpen())}
    >
      {isBroken ? <span className="photo-broken">Try again</span> : null}
      {isBroken || thumbnail === '' ? null : (
        <img
          src={thumbnail}
          alt=""
          loading="lazy"
          decoding="async"
          onError={() => {
            setBroken(thumbnail);
            onBroken();
          }}
          draggable={false}
        />
      )}
    </button>
  );
}
