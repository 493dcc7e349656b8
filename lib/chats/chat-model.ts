import { DataTypes } from 'sequelize';
import type { CreationOptional, InferAttributes, InferCreationAttributes, Model, ModelStatic } from 'sequelize';
import type { Database } from '../database/database.js';
import { definePrivateModel } from '../database/private-model.js';
import type { ChatStatus } from './chat.js';

/** A row of `chats`. BIGINTs are read as strings by Sequelize; ids fit a number. */
export interface ChatRow extends Model<InferAttributes<ChatRow>, InferCreationAttributes<ChatRow>> {
  id: CreationOptional<number>;
  customerId: number;
  dentistId: number;
  status: CreationOptional<ChatStatus>;
  createdAt: CreationOptional<Date>;
  updatedAt: CreationOptional<Date>;
}

export type ChatModel = ModelStatic<ChatRow>;

export function defineChatModel(database: Database): ChatModel {
  return definePrivateModel<ChatRow>(database, 'chats', {
    id: { type: DataTypes.BIGINT, primaryKey: true, autoIncrement: true },
    customerId: { type: DataTypes.BIGINT, allowNull: false },
    dentistId: { type: DataTypes.BIGINT, allowNull: false },
    status: { type: DataTypes.TEXT, allowNull: false },
    createdAt: { type: DataTypes.DATE(3) },
    updatedAt: { type: DataTypes.DATE(3) },
  });
}
