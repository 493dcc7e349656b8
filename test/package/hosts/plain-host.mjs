// A host as small as can be, run from the installed package by node alone: says `sent` when a message went through.
import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import Koa from 'koa';
import { createChatModule, django } from 'koa-chat-module';

const secret = 'a secret of this check alone, long enough';
const people = [
  { type: 'customer', id: 1, name: 'John Doe', email: null },
  { type: 'dentist', id: 5, name: 'Dr. Smith', email: null },
];

const chat = createChatModule({
  database: { url: process.env.DATABASE_URL },
  migrate: false, // `koa-chat migrate` did
  auth: { issuers: [django({ secret, actor: (claims) => ({ type: 'customer', id: Number(claims.user_id) }) })] },
  directory: {
    findPeople: async (refs) => people.filter(({ type, id }) => refs.some((ref) => ref.type === type && ref.id === id)),
    findAssignedDentist: async () => 5,
  },
});

const app = new Koa();
const server = createServer(app.callback());
await chat.mount(app, server);
server.listen(0, '127.0.0.1');
await once(server, 'listening');
try {
  const { id } = await post('/api/chats/start');
  const message = await post(`/api/chats/${id}/messages`, { content: 'Hello!' });
  if (message.content !== 'Hello!') throw new Error(`it came back as ${JSON.stringify(message)}`);
  console.log('sent');
} finally {
  await chat.close();
  server.close();
  server.closeAllConnections();
}

async function post(path, body = {}) {
  const response = await fetch(`http://127.0.0.1:${server.address().port}${path}`, {
    method: 'POST',
    headers: { Authorization: `Bearer ${mint()}`, 'Content-Type': 'application/json' },
    body: JSON.stringify(body),
  });
  if (response.status !== 201) throw new Error(`${path} answered ${response.status}: ${await response.text()}`);
  return response.json();
}

function mint() {
  const encode = (part) => Buffer.from(JSON.stringify(part)).toString('base64url');
  const exp = Math.floor(Date.now() / 1000) + 60;
  const signed = `${encode({ alg: 'HS256', typ: 'JWT' })}.${encode({ token_type: 'access', exp, user_id: 1 })}`;
  return `${signed}.${createHmac('sha256', secret).update(signed).digest('base64url')}`;
}
