import { useEffect, useState } from 'react';
import { CloseIcon } from '../icons.js';

export interface PhotoTrayProps {
  photos: readonly File[];
  onRemove: (photo: File) => void;
}

/** The photos of a message that is being written, each to be looked at and taken out again. */
export function PhotoTray({ photos, onRemove }: PhotoTrayProps) {
  if (photos.length === 0) return null;
  return (
    <ul className="photo-tray" aria-label="Photos to send">
      {photos.map((photo, index) => (
        <li key={`${photo.name} ${photo.size} ${photo.lastModified} ${index}`}>
          <Preview photo={photo} label={`Photo ${index + 1}`} />
          <button type="button" aria-label={`Remove photo ${index + 1}`} onClick={() => onRemove(photo)}>
            <CloseIcon />
          </button>
        </li>
      ))}
    </ul>
  );
}

function Preview({ photo, label }: { photo: File; label: string }) {
  const [url, setUrl] = useState<string>();
  useEffect(() => {
    const made = URL.createObjectURL(photo);
    setUrl(made);
    return () => URL.revokeObjectURL(made);
  }, [photo]);
  return <img src={url} alt={label} />;
}
