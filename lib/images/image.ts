import type { z } from 'zod';
import type { messageImage } from './image-output.js';
import type { UploadTarget } from './image-store.js';

/** An image of a message, as a reader gets it. */
export type MessageImage = Readonly<z.output<typeof messageImage>>;

/** An image of a message, as the database has it: what {@link MessageImage} is signed from. */
export interface StoredImage {
  readonly id: number;
  readonly objectKey: string;
  readonly width: number;
  readonly height: number;
  readonly contentType: string;
  readonly bytes: number;
  readonly placeholder: string;
}

/** What a client says of an image that it is about to upload. */
export interface UploadRequest {
  /** One of `acceptedTypes` in image-type.ts. */
  readonly contentType: string;
  readonly bytes: number;
}

export interface CreateUploadsInput {
  readonly chatId: number;
  readonly images: readonly UploadRequest[];
}

/** Where one image goes, and the key to send it by once it is there. */
export interface ImageUpload extends UploadTarget {
  readonly key: string;
}

/**
 * A file as it came in with a request, on disk or (from a host's own parser) in memory. Its name and the type that
 * the client claims are left behind: nothing rests on either.
 */
export interface ReceivedFile {
  readonly source: { readonly path: string } | { readonly buffer: Uint8Array };
  readonly bytes: number;
  /** SHA-256 of the file as received, in hex: tells a retry from another message. */
  readonly digest: string;
}

export interface StoredUploads {
  /** In the order of the files; to be attached or discarded. */
  readonly keys: readonly string[];
  /** The files' digests, in their order. */
  readonly digests: readonly string[];
}
