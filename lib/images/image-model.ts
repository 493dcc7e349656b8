import { DataTypes, type InferAttributes, type InferCreationAttributes, type Model, type ModelStatic } from 'sequelize';
import type { PersonType } from '../auth/actor.js';
import type { Database } from '../database/database.js';
import { definePrivateModel } from '../database/private-model.js';

/** A row of `images` as it begins: what follows is written by the statements of image-statements.ts. */
export interface ImageRow extends Model<InferAttributes<ImageRow>, InferCreationAttributes<ImageRow>> {
  key: string;
  chatId: number;
  uploaderType: PersonType;
  uploaderId: number;
  contentType: string;
  bytes: number;
  objectKey: string | null;
  width: number | null;
  height: number | null;
  placeholder: string | null;
  uploadExpiresAt: Date | null;
  expiresAt: Date;
}

export type ImageModel = ModelStatic<ImageRow>;

export function defineImageModel(database: Database): ImageModel {
  return definePrivateModel<ImageRow>(database, 'images', {
    key: { type: DataTypes.TEXT, primaryKey: true },
    chatId: { type: DataTypes.BIGINT, allowNull: false },
    uploaderType: { type: DataTypes.TEXT, allowNull: false },
    uploaderId: { type: DataTypes.BIGINT, allowNull: false },
    contentType: { type: DataTypes.TEXT, allowNull: false },
    bytes: { type: DataTypes.BIGINT, allowNull: false },
    objectKey: { type: DataTypes.TEXT },
    width: { type: DataTypes.INTEGER },
    height: { type: DataTypes.INTEGER },
    placeholder: { type: DataTypes.TEXT },
    uploadExpiresAt: { type: DataTypes.DATE(3) },
    expiresAt: { type: DataTypes.DATE(3), allowNull: false },
  });
}
