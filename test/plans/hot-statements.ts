import { createChatStatements } from '../../lib/chats/chat-statements.js';
import type { Database } from '../../lib/database/database.js';
import type { Statement } from '../../lib/database/statement.js';
import { createImageStatements } from '../../lib/images/image-statements.js';
import { imagesOfMessage } from '../../lib/images/images-of-message.js';
import { createPageStatements } from '../../lib/messages/page-statements.js';
import { createReadStatements } from '../../lib/messages/read-statements.js';
import { createSendStatements } from '../../lib/messages/send-statements.js';
import { createPresenceStatements } from '../../lib/presence/presence-statements.js';
import type { PlanValue } from './plan.js';
import { seeded } from './seeded-tables.js';

/** A statement of the hot path as it is run, and what it may cost. */
export interface HotStatement {
  readonly does: string;
  readonly statement: Statement<unknown>;
  readonly values: readonly PlanValue[];
  /** Indexes without which it would be slow. */
  readonly indexes: readonly string[];
  /** Rows of tables that it may look at. */
  readonly mostRows: number;
}

const longChat = 1;
const middleId = 45_000;
const newestId = seeded.inLongChat + (seeded.chats - 1) * 5;
/** The fifth of the long chat, which has an image. */
const withImageId = 4 * seeded.chats + 1;
const aboveAll = Number.MAX_SAFE_INTEGER;
const batch = Array.from({ length: 200 }, (_, index) => 1 + Math.floor(index / 2) * 70);

/** Pages of this many: a statement looks at one row more, to know whether there is more. */
const page = 50;

export function hotStatements(database: Database): HotStatement[] {
  const send = createSendStatements(database);
  const pages = createPageStatements(database, (alias) => imagesOfMessage(database, alias));
  const read = createReadStatements(database);
  const chats = createChatStatements(database);
  const presence = createPresenceStatements(database);
  const images = createImageStatements(database);
  const behindNothing = ['infinity', aboveAll];
  // The chat, the messages and, of every fifth, its image.
  const ofPage = { indexes: ['chats_pkey', 'messages_pkey', 'images_of_message'], mostRows: 1 + 2 * (page + 1) };
  // A chat, its last message and its unread ones.
  const perListed = 3;

  return [
    {
      does: 'sends one message',
      statement: send.one,
      values: [longChat, 'customer', 1, 'It fits.', 'new', null, 0],
      indexes: ['chats_pkey'],
      mostRows: 2,
    },
    {
      does: 'sends two hundred messages into a hundred chats',
      statement: send.many,
      values: [
        batch,
        batch.map(() => 'customer'),
        batch,
        batch.map((_, index) => `text ${index}`),
        batch.map(() => 'NULL'),
        batch.map(() => 'NULL'),
      ],
      indexes: ['chats_pkey'],
      mostRows: 200,
    },
    {
      does: 'finds the message of a retry',
      statement: send.findByClientId,
      values: [longChat, 'customer', 'id-5000'],
      indexes: ['messages_client_message_id'],
      mostRows: 1,
    },
    { does: 'reads the newest page', statement: pages.before, values: [longChat, aboveAll, page + 1], ...ofPage },
    { does: 'reads a page in the middle', statement: pages.before, values: [longChat, middleId, page + 1], ...ofPage },
    { does: 'reads the oldest page', statement: pages.after, values: [longChat, 1, page + 1], ...ofPage },
    {
      does: 'reads one message',
      statement: pages.one,
      values: [longChat, withImageId],
      indexes: ['messages_pkey', 'images_of_message'],
      mostRows: 2,
    },
    {
      does: 'marks one message read',
      statement: read.one,
      values: [longChat, newestId, 'dentist', 1],
      indexes: ['chats_pkey', 'messages_pkey'],
      mostRows: 3,
    },
    {
      does: 'marks all messages read',
      statement: read.upTo,
      values: [longChat, aboveAll, 'dentist', 1],
      indexes: ['chats_pkey', 'messages_unread', 'messages_pkey'],
      mostRows: 1 + 2 * (seeded.unreadInLongChat + 1),
    },
    {
      does: "lists the first of a dentist's five thousand chats",
      statement: chats.page('dentist'),
      values: [1, ...behindNothing, page + 1],
      indexes: ['chats_of_dentist', 'messages_pkey', 'messages_unread'],
      mostRows: (page + 1) * perListed + seeded.unreadInLongChat,
    },
    {
      does: "lists a page in the middle of a dentist's five thousand chats",
      statement: chats.page('dentist'),
      values: [1, '2026-01-15T00:41:40Z', 2_500, page + 1],
      indexes: ['chats_of_dentist', 'messages_pkey', 'messages_unread'],
      mostRows: (page + 1) * perListed,
    },
    {
      does: "lists a customer's chats",
      statement: chats.list('customer'),
      values: [1],
      indexes: ['chats_customer_id_dentist_id_key', 'messages_pkey', 'messages_unread'],
      mostRows: perListed + seeded.unreadInLongChat,
    },
    { does: 'finds a chat', statement: chats.find, values: [longChat], indexes: ['chats_pkey'], mostRows: 1 },
    {
      does: 'says who of five thousand chats is online',
      statement: presence.chats('dentist'),
      values: [1],
      indexes: ['chats_of_dentist'],
      mostRows: seeded.chatsOfFirstDentist * 2 + seeded.online * 2,
    },
    {
      does: 'says who sees that a customer comes',
      statement: presence.watchers('customer'),
      values: [[1], ['true']],
      indexes: ['presence_pkey'],
      mostRows: 3,
    },
    {
      does: 'says who sees that a dentist of five thousand chats comes',
      statement: presence.watchers('dentist'),
      values: [[1], ['true']],
      indexes: [],
      mostRows: seeded.chatsOfFirstDentist + 2 * seeded.online,
    },
    {
      does: 'finds the images that a message names',
      statement: images.findOwn,
      values: [['images/1', 'images/5'], longChat, 'dentist', 1],
      indexes: ['images_key_key'],
      mostRows: 2,
    },
  ];
}
