import { thumbHashToDataURL } from 'thumbhash';

const made = new Map<string, string>();

/** A ThumbHash as a picture of some kilobytes, made once; empty for a hash that is none. */
export function blurOf(thumbHash: string): string {
  let url = made.get(thumbHash);
  if (url === undefined) {
    url = decode(thumbHash);
    made.set(thumbHash, url);
  }
  return url;
}

function decode(thumbHash: string): string {
  try {
    return thumbHashToDataURL(Uint8Array.from(atob(thumbHash), (byte) => byte.charCodeAt(0)));
  } catch {
    return '';
  }
}
