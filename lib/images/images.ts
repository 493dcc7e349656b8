import type { Actor } from '../auth/actor.js';
import type { ImageConfig } from '../config/config.js';
import type { Database, Transaction } from '../database/database.js';
import type { Logger } from '../logger.js';
import type {
  CreateUploadsInput,
  ImageUpload,
  MessageImage,
  ReceivedFile,
  StoredImage,
  StoredUploads,
} from './image.js';

/** What the room needs of others. */
export interface ImagesDependencies {
  readonly database: Database;
  readonly config: ImageConfig;
  readonly logger: Logger;
  /** Rejects with `chat_not_found`, `not_participant` or `chat_closed`. */
  requireMember(actor: Actor, chatId: number): Promise<unknown>;
  /** Rejects with `chat_not_found` for whoever is no participant: reading tells nobody that a chat exists. */
  requireReader(actor: Actor, chatId: number): Promise<unknown>;
}

/** The images of chats, from upload to signed URL. */
export interface Images {
  /**
   * Keys for images that the client is about to upload itself, and where to.
   * @throws ChatError `too_many_images`, `image_too_large`, `unsupported_image_type`, `image_store_unavailable`.
   */
  createUploads(actor: Actor, input: CreateUploadsInput): Promise<ImageUpload[]>;

  /**
   * Processes and stores the files of one message: all of them or, on any failure, none.
   * @throws ChatError `too_many_images`, `image_too_large`, `unsupported_image_type`, `image_store_unavailable`.
   */
  storeUploads(
    actor: Actor,
    chatId: number,
    files: readonly ReceivedFile[],
    signal?: AbortSignal,
  ): Promise<StoredUploads>;

  /** Removes what a message that failed will not use. Never rejects; what is already attached stays. */
  discard(keys: readonly string[]): Promise<void>;

  /**
   * Makes sure, before the transaction, that each key is the actor's in this chat, uploaded as declared and, from now on,
   * processed. Whether it was used already is for `attach` to say.
   * @throws ChatError `image_key_invalid` for every key that is not so, whatever the reason; `too_many_images`,
   *   `unsupported_image_type`, `image_too_large`, `image_store_unavailable`.
   */
  checkUsable(actor: Actor, chatId: number, keys: readonly string[], signal?: AbortSignal): Promise<void>;

  /**
   * Gives the images to a message, inside its transaction and after its insert. Returns them in order.
   * @throws ChatError `image_key_invalid` when one was used or swept meanwhile: let the transaction roll back.
   */
  attach(
    tx: Transaction,
    message: { chatId: number; messageId: number; actor: Actor; keys: readonly string[] },
  ): Promise<StoredImage[]>;

  /** Signs what readers of a message get. Mostly from memory, so that a page costs next to nothing. */
  signUrls(images: readonly StoredImage[]): Promise<MessageImage[]>;

  /**
   * A fresh URL of an image of a message.
   * @throws ChatError `chat_not_found`, `image_not_found`, `image_store_unavailable`.
   */
  urlOf(actor: Actor, chatId: number, imageId: number): Promise<string>;

  /** Prepares the store and begins to sweep. */
  start(): Promise<void>;
  /** Waits for what is in flight; frees what the room opened. */
  close(): Promise<void>;
}
