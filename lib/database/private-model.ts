import type { Model, ModelAttributes, ModelStatic } from 'sequelize';
import type { Database } from './database.js';

let count = 0;

/**
 * A Sequelize model over a table of the module's schema, known to its room alone. A host's own instance keeps no trace
 * of it: its `models`, its `sync()` and a model of the same name are untouched.
 */
export function definePrivateModel<M extends Model>(
  database: Database,
  tableName: string,
  attributes: ModelAttributes<M>,
): ModelStatic<M> {
  const model = database.sequelize.define<M>(`koa-chat-module:${tableName}:${(count += 1)}`, attributes, {
    schema: database.schema,
    tableName,
    underscored: true,
    timestamps: false,
    hooks: {},
  });
  database.sequelize.modelManager.removeModel(model);
  return model;
}
