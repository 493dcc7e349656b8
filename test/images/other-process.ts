import { parseConfig } from '../../lib/config/parse-config.js';
import { openDatabase } from '../../lib/database/open-database.js';
import { guardStore } from '../../lib/images/guarded-store.js';
import type { ImageRoom } from '../../lib/images/image-room.js';
import { defineImageModel } from '../../lib/images/image-model.js';
import { createImageStatements } from '../../lib/images/image-statements.js';
import { createImageProcessor } from '../../lib/images/processing/image-processor.js';
import { createSweeper } from '../../lib/images/sweeper.js';
import type { DatabaseOptions, ImageOptions, ImageStore } from '../../lib/index.js';
import type { TestDatabase } from '../support/postgres.js';
import { recordingLogger } from '../support/recording-logger.js';

/** The sweeper of a process of its own, as far as the database can tell. */
export function openSweeper(options: DatabaseOptions, store: ImageStore, images: ImageOptions = {}) {
  const room = openRoom(options, store, images);
  return { sweeper: createSweeper(room), database: room.database };
}

/** The images of a process of its own, as far as the database can tell. */
export function openRoom(options: DatabaseOptions, store: ImageStore, images: ImageOptions = {}): ImageRoom {
  const logger = recordingLogger();
  const config = parseConfig({
    database: options,
    images,
    auth: {
      issuers: [{ name: 'none', openKeys: () => undefined, check: () => undefined, actor: () => null } as never],
    },
    directory: {
      findPeople: () => Promise.resolve([]),
      findAssignedDentist: () => Promise.resolve(null),
      findByLogin: () => Promise.resolve(null),
    },
  });
  const database = openDatabase(config.database);
  return {
    database,
    logger,
    store: guardStore(store, config.images.storeTimeoutMs),
    config: config.images,
    statements: createImageStatements(database),
    model: defineImageModel(database),
    processor: createImageProcessor({ processes: 1, timeoutMs: 15_000, logger }),
  };
}

/** As if two days had passed for images. */
export async function ageImages(database: Pick<TestDatabase, 'query'>): Promise<void> {
  const columns = ['expires_at', 'upload_expires_at', 'condemned_at'];
  await database.query(
    `UPDATE chat.images SET ${columns.map((name) => `${name} = ${name} - interval '2 days'`).join(', ')}`,
  );
}
