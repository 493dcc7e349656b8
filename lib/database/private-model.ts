import type { Model, ModelAttributes, ModelStatic } from 'sequelize';
import type { Database } from './database.js';

/** A Sequelize model over a table of the module's schema, known to its room alone. */
export function definePrivateModel<M extends Model>(
  database: Database,
  tableName: string,
  attributes: ModelAttributes<M>,
): ModelStatic<M> {
  const options = { schema: database.schema, tableName, underscored: true, timestamps: false };
  return database.sequelize.define<M>(tableName, attributes, options);
}
