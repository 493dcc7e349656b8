import type { Actor } from '../auth/actor.js';
import type { ImageRoom } from './image-room.js';

/** An image as its row begins. */
export interface NewImage {
  readonly key: string;
  readonly contentType: string;
  readonly bytes: number;
  /** When it is given up if it is not sent. */
  readonly expiresAt: Date;
  /** Until when its client can write the raw upload; not of one that is processed already. */
  readonly uploadExpiresAt?: Date;
  /** Where the picture of one that is processed already will be, and what it is. */
  readonly objectKey?: string;
  readonly width?: number;
  readonly height?: number;
  readonly placeholder?: string;
}

/** Rows before objects: a process that dies in between leaves nothing that the sweep does not know of. */
export async function insertImages(
  { database, model }: ImageRoom,
  actor: Actor,
  chatId: number,
  images: readonly NewImage[],
): Promise<void> {
  const common = { chatId, uploaderType: actor.type, uploaderId: actor.id };
  await database.runModel(() => model.bulkCreate(images.map((image) => ({ ...raw, ...image, ...common }))));
}

const raw = { uploadExpiresAt: null, objectKey: null, width: null, height: null, placeholder: null };
