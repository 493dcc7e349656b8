import type { Readable } from 'node:stream';
import type { RouteDeclaration } from '../plugins/route.js';

/** Where and how a client sends the bytes of one pre-uploaded image. */
export interface UploadTarget {
  method: 'PUT' | 'POST';
  url: string;
  /** Headers that the client must send with the upload. */
  headers: Record<string, string>;
  /** Form fields that come before the file, for a `POST` of `multipart/form-data` (S3 POST policy). */
  fields?: Record<string, string>;
  /** ISO 8601 UTC. */
  expiresAt: string;
}

export interface StoredObject {
  bytes: number;
  contentType: string;
}

/**
 * Keeps the bytes of images under keys that the module makes (`[a-z0-9/._-]`, at most 200 characters, never from
 * outside). Knows nothing of chats and people. Every method rejects with `image_store_unavailable` when the store
 * cannot be reached, and can be called again.
 */
export interface ImageStore {
  /** Stores an object whole or not at all; replaces what is there. */
  put(key: string, body: Buffer | Readable, object: StoredObject, signal?: AbortSignal): Promise<void>;
  /** What is stored under the key, or null. */
  head(key: string): Promise<StoredObject | null>;
  /** The bytes, or null when there is no such object. */
  get(key: string, signal?: AbortSignal): Promise<Readable | null>;
  /** Removes the objects; a key that has none is no error. */
  delete(keys: readonly string[]): Promise<void>;
  /** A URL that shows the object to whoever has it, for `urlTtlSeconds`. */
  signGetUrl(key: string, contentType: string): string | Promise<string>;
  /** What a client needs to store exactly this object (its type and size are enforced by the store) itself. */
  signUpload(key: string, object: StoredObject): Promise<UploadTarget>;
  /** Routes that the module serves for the store (the disk store's signed URLs). */
  readonly routes?: readonly RouteDeclaration[];
  /** Called once before the first use; makes folders, checks settings. Has `startTimeoutMs`. */
  start?(): Promise<void>;
  /** Called from time to time: removes what writes that were cut off, by the end of a process, have left. */
  removeAbandoned?(): Promise<void>;
  /** Frees what the store opened itself, never a client that the host handed in. After 4 s it is not waited for. */
  close?(): Promise<void>;
}
