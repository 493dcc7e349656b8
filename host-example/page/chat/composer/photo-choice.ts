/** The most pictures in one message. */
export const mostPhotos = 5;

const largestBytes = 10 * 1024 * 1024;

/** The types that the service takes; a browser offers to convert what is not among them where it can. */
export const photoTypes = ['image/jpeg', 'image/png', 'image/webp', 'image/avif', 'image/gif', 'image/heic'];

export interface PhotoChoice {
  readonly photos: readonly File[];
  /** Why some were left out, for people; null when all were taken. */
  readonly complaint: string | null;
}

/** Adds chosen files to a draft's photos, as far as the service would take them. */
export function addPhotos(before: readonly File[], chosen: readonly File[]): PhotoChoice {
  const pictures = chosen.filter((file) => photoTypes.includes(file.type));
  const small = pictures.filter((file) => file.size <= largestBytes);
  const photos = [...before, ...small].slice(0, mostPhotos);
  let complaint: string | null = null;
  if (pictures.length < chosen.length) complaint = 'Only photos can be attached.';
  else if (small.length < pictures.length) complaint = 'A photo can have at most 10 MB.';
  else if (photos.length < before.length + small.length) complaint = `A message can have at most ${mostPhotos} photos.`;
  return { photos, complaint };
}

/** The files of a paste or a drop. */
export function filesOf(transfer: DataTransfer | null): readonly File[] {
  return transfer === null ? [] : [...transfer.files];
}
