import { DataTypes, Sequelize, type Model } from 'sequelize';
import { programInput } from '../programs/serve-calls.js';
import { serve } from './serve.js';
import { chatServer } from './yardstick.js';

// Yardstick (c), what most teams write: the same through Sequelize's models in a transaction.

interface ChatRow extends Model {
  customerId: string;
  dentistId: string;
  status: string;
}

interface MessageRow extends Model {
  id: string;
  createdAt: Date;
}

const { url, poolSize } = programInput<{ url: string; poolSize: number }>();
const sequelize = new Sequelize(url, { logging: false, pool: { max: poolSize } });
const table = { schema: 'chat', underscored: true, timestamps: false };

const Chat = sequelize.define<ChatRow>(
  'Chat',
  {
    id: { type: DataTypes.BIGINT, primaryKey: true },
    customerId: DataTypes.BIGINT,
    dentistId: DataTypes.BIGINT,
    status: DataTypes.TEXT,
    lastMessageId: DataTypes.BIGINT,
    updatedAt: DataTypes.DATE,
  },
  { ...table, tableName: 'chats' },
);

const Message = sequelize.define<MessageRow>(
  'Message',
  {
    id: { type: DataTypes.BIGINT, primaryKey: true, defaultValue: sequelize.literal(`nextval('chat.message_ids')`) },
    chatId: DataTypes.BIGINT,
    senderType: DataTypes.TEXT,
    senderId: DataTypes.BIGINT,
    content: DataTypes.TEXT,
    createdAt: DataTypes.DATE,
  },
  { ...table, tableName: 'messages' },
);

await serve(
  chatServer((from, { sessionId, content }) =>
    sequelize.transaction(async (transaction) => {
      const chat = await Chat.findByPk(sessionId, { transaction });
      const sender = from.type === 'customer' ? chat?.customerId : chat?.dentistId;
      if (chat?.status !== 'active' || Number(sender) !== from.id) return undefined;
      const sent = { chatId: sessionId, senderType: from.type, senderId: from.id, content, createdAt: new Date() };
      const message = await Message.create(sent, { transaction });
      await chat.update({ lastMessageId: message.id, updatedAt: message.createdAt }, { transaction });
      const createdAt = message.createdAt.toISOString();
      return {
        id: Number(message.id),
        sessionId,
        senderType: from.type,
        senderId: from.id,
        content,
        imageUrls: [],
        createdAt,
      };
    }),
  ),
);
