import { useEffect, useState, type CSSProperties } from 'react';
import type { Message, MessageImage } from '../../../../lib/client/index.js';
import { blurOf } from './photo-blur.js';
import { Photo } from './photo.js';
import { count } from '../words.js';

/** A picture that we have as a file, or that the service has. */
export type Picture = Blob | Pick<MessageImage, 'url' | 'thumbnailUrl'> | MessageImage;

export interface PhotoGridProps {
  pictures: readonly Picture[];
  /** Who sent them, for the labels. */
  sender: string;
  onOpen: (urls: readonly string[], index: number) => void;
  /** A URL did not load: it may have run out. */
  onBroken: () => void;
}

/** The pictures of one message, each in a place of a known size so that nothing moves when it has loaded. */
export function PhotoGrid({ pictures, sender, onOpen, onBroken }: PhotoGridProps) {
  const shown = useShown(pictures);
  if (shown.length === 0) return null;
  return (
    <div className="photos" data-count={Math.min(shown.length, 5)}>
      {shown.map(({ thumbnail, style }, index) => (
        <Photo
          key={index}
          thumbnail={thumbnail}
          style={style}
          label={`Photo ${index + 1} of ${count(shown.length, 'photo')} from ${sender}`}
          onOpen={() =>
            onOpen(
              shown.map(({ full }) => full),
              index,
            )
          }
          onBroken={onBroken}
        />
      ))}
    </div>
  );
}

export function picturesOf({ images, imageUrls }: Message): readonly Picture[] {
  return images ?? imageUrls.map((url) => ({ url, thumbnailUrl: url }));
}

/** What one place of the grid shows; no URL yet for a file that is just being opened. */
interface Shown {
  readonly thumbnail: string;
  readonly full: string;
  readonly style?: CSSProperties;
}

/**
 * What was shown from a file stays shown from it when the message has arrived: no second download, no flicker. So the
 * first pictures this message was shown with are kept as long as it is shown.
 */
function useShown(pictures: readonly Picture[]): readonly Shown[] {
  const [files] = useState(() => pictures.filter((picture) => picture instanceof Blob));
  const [urls, setUrls] = useState<readonly string[]>([]);

  useEffect(() => {
    const made = files.map((file) => URL.createObjectURL(file));
    setUrls(made);
    return () => made.forEach((url) => URL.revokeObjectURL(url));
  }, [files]);

  if (files.length > 0) return files.map((_, index) => ({ thumbnail: urls[index] ?? '', full: urls[index] ?? '' }));
  return pictures.flatMap((picture) =>
    picture instanceof Blob
      ? []
      : {
          thumbnail: picture.thumbnailUrl,
          full: picture.url,
          style: 'placeholder' in picture ? layout(picture) : undefined,
        },
  );
}

/** A picture alone keeps its shape within reason; several are squares (see photos.css). */
function layout({ width, height, placeholder }: MessageImage): CSSProperties {
  const shape = Math.min(1.6, Math.max(0.75, width / height));
  return { '--shape': shape, backgroundImage: `url(${blurOf(placeholder)})` } as CSSProperties;
}
