import type { ImageConfig } from '../config/config.js';
import type { Database } from '../database/database.js';
import type { Logger } from '../logger.js';
import type { ImageModel } from './image-model.js';
import type { ImageStatements } from './image-statements.js';
import type { ImageStore } from './image-store.js';
import type { ImageProcessor } from './processing/image-processor.js';

/** What the operations of this room share. */
export interface ImageRoom {
  readonly database: Database;
  readonly statements: ImageStatements;
  readonly model: ImageModel;
  readonly store: ImageStore;
  readonly processor: ImageProcessor;
  readonly config: ImageConfig;
  readonly logger: Logger;
}
