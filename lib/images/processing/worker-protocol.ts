/** How far a picture may go. */
export interface RenderLimits {
  /** Longest side of the result, in pixels. */
  readonly maxSidePx: number;
  readonly thumbnailPx: number;
  /** Width times height, times frames where all are kept. */
  readonly maxPixels: number;
  readonly maxFrames: number;
  readonly animations: 'first-frame' | 'keep';
}

/** One picture to make presentable: files in, files out. */
export interface RenderTask {
  /** What was uploaded. */
  readonly input: string;
  /** Where the picture goes. */
  readonly output: string;
  readonly thumbnail: string;
  readonly limits: RenderLimits;
}

export interface RenderedImage {
  readonly contentType: 'image/jpeg' | 'image/webp';
  readonly width: number;
  readonly height: number;
  readonly bytes: number;
  readonly thumbnailBytes: number;
  /** A ThumbHash in base64. */
  readonly placeholder: string;
}

/** Why a file is no picture that can be shown. */
export type Refusal =
  | { readonly code: 'unsupported_image_type'; readonly reason: UnsupportedReason }
  | { readonly code: 'image_too_large'; readonly reason: TooLargeReason };

/** `heic_needs_heic-convert`: the host has not installed the package `heic-convert`. */
export type UnsupportedReason = 'not_an_image' | 'not_only_an_image' | 'damaged' | 'heic_needs_heic-convert';
export type TooLargeReason = 'too_many_pixels' | 'too_many_frames' | 'takes_too_long';

/** Thrown while rendering; crosses the process boundary as its {@link Refusal}. */
export class RefusedImage extends Error {
  override readonly name = 'RefusedImage';
  readonly refusal: Refusal;

  constructor(refusal: Refusal, cause?: unknown) {
    super(`the image is refused: ${refusal.reason}`, { cause });
    this.refusal = refusal;
  }
}

export const unsupported = (reason: UnsupportedReason, cause?: unknown): RefusedImage =>
  new RefusedImage({ code: 'unsupported_image_type', reason }, cause);

export const tooLarge = (reason: TooLargeReason): RefusedImage => new RefusedImage({ code: 'image_too_large', reason });

/** Decoders fail for one reason: the file is not what it looked like, or not all there. */
export async function readable<T>(decoding: Promise<T>): Promise<T> {
  try {
    return await decoding;
  } catch (error) {
    throw error instanceof RefusedImage ? error : unsupported('damaged', error);
  }
}

/** What a worker answers: `ready` once it can work, then one answer a task. */
export type WorkerAnswer =
  | { readonly kind: 'ready' }
  | { readonly kind: 'unusable'; readonly problem: string; readonly code?: undefined }
  | { readonly kind: 'rendered'; readonly image: RenderedImage }
  | { readonly kind: 'refused'; readonly refusal: Refusal }
  /** Not for what the file is. `code` is that of the system, such as `ENOSPC`. */
  | { readonly kind: 'failed'; readonly problem: string; readonly code?: string | undefined };
