import { createServer } from 'node:http';
import Router from '@koa/router';
import Koa from 'koa';
import pg from 'pg';
import { programInput } from '../programs/serve-calls.js';
import {
  selectChat,
  selectChats,
  selectPage,
  type ChatRow,
  type ListedRow,
  type MessageRow,
} from './rest-statements.js';
import { serve } from './serve.js';

// Yardstick (d), REST by hand: plain Koa, one prepared statement a request, and the same JSON as the module's. It
// believes the headers `x-type` and `x-id`: it checks no token, and none of its input.

const { url, poolSize } = programInput<{ url: string; poolSize: number }>();
const pool = new pg.Pool({ connectionString: url, max: poolSize });
pool.on('error', () => undefined);

const router = new Router();

router.get('/api/chats', async (ctx) => {
  const type = ctx.get('x-type') === 'customer' ? 'customer' : 'dentist';
  const query = { name: `chats-${type}`, text: selectChats(type), values: [ctx.get('x-id')] };
  const { rows } = await pool.query<ListedRow>(query);
  ctx.body = { chats: rows.map(presentListed) };
});

router.get('/api/chats/:chatId', async (ctx) => {
  const values = [ctx.params['chatId'], ctx.get('x-type'), ctx.get('x-id')];
  const { rows } = await pool.query<ChatRow>({ name: 'chat', text: selectChat, values });
  if (rows[0] !== undefined) ctx.body = presentChat(rows[0]);
});

router.get('/api/chats/:chatId/messages', async (ctx) => {
  const limit = Number(ctx.query['limit'] ?? 50);
  const before = ctx.query['before'] ?? String(Number.MAX_SAFE_INTEGER);
  const values = [ctx.params['chatId'], ctx.get('x-type'), ctx.get('x-id'), before, limit + 1];
  const { rows } = await pool.query<MessageRow>({ name: 'page', text: selectPage, values });
  const hasMore = rows.length > limit;
  const page = rows.slice(0, limit).reverse();
  ctx.body = { messages: page.map(presentMessage), hasMore, nextCursor: hasMore ? page[0]?.id : null };
});

function presentListed(row: ListedRow): object {
  const { last_content: content, last_created_at: at, last_sender_type: senderType } = row;
  return {
    id: Number(row.id),
    customer: { id: Number(row.customer_id), name: row.customer_name },
    dentist: { id: Number(row.dentist_id), name: row.dentist_name },
    lastMessage: content === null ? null : { content, createdAt: at.toISOString(), senderType },
    unreadCount: row.unread,
    updatedAt: row.updated_at.toISOString(),
  };
}

function presentChat(row: ChatRow): object {
  return {
    id: Number(row.id),
    status: row.status,
    createdAt: row.created_at.toISOString(),
    updatedAt: row.updated_at.toISOString(),
    customer: { id: Number(row.customer_id), name: row.customer_name, email: row.customer_email },
    dentist: { id: Number(row.dentist_id), name: row.dentist_name, email: row.dentist_email },
  };
}

function presentMessage(row: MessageRow): object {
  return {
    id: Number(row.id),
    senderType: row.sender_type,
    senderId: Number(row.sender_id),
    content: row.content,
    imageUrls: [],
    createdAt: row.created_at.toISOString(),
    isRead: row.read_at !== null,
    readAt: row.read_at?.toISOString() ?? null,
  };
}

const app = new Koa();
app.use(router.routes());
await serve(createServer(app.callback()));
