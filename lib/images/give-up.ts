import type { CondemnedRow } from './image-statements.js';
import { thumbnailKeyOf } from './image-keys.js';
import type { ImageRoom } from './image-room.js';

/**
 * Removes unsent images: marks them, so that no message can take them any more, then removes their objects, then
 * forgets them. Attached ones stay. Never rejects: what cannot be done now is left to the sweep.
 */
export async function giveUp(
  room: ImageRoom,
  keys: readonly string[],
  { mayStillArrive = false }: { mayStillArrive?: boolean } = {},
): Promise<void> {
  if (keys.length === 0) return;
  try {
    const condemned = await room.database.query(room.statements.condemn, [keys]);
    await room.store.delete(condemned.flatMap(objectsOf));
    // Otherwise the sweep removes the objects once more, in ten minutes.
    if (!mayStillArrive) await forget(room, condemned);
  } catch (err) {
    room.logger.warn({ err, images: keys.length }, 'unsent images could not be removed and are left to the sweep');
  }
}

export async function forget({ database, statements }: ImageRoom, condemned: readonly CondemnedRow[]): Promise<void> {
  await database.query(statements.forget, [condemned.map(({ key }) => key)]);
}

/** Every object that an unsent image may have. */
export function objectsOf({ key, object_key }: CondemnedRow): string[] {
  return object_key === null ? [key] : [key, object_key, thumbnailKeyOf(object_key)];
}
