// A page's code, compiled for browsers against the installed package: everything strict, nothing skipped, no Node.
import { io, type Socket } from 'socket.io-client';
import { createElement } from 'react';
import { createChatClient, RequestError } from 'koa-chat-module/client';
import type { ChatClient, ClientSnapshot, ClientToServerEvents, ServerToClientEvents } from 'koa-chat-module/client';
import { useClient } from 'koa-chat-module/react';

export const client: ChatClient = createChatClient({
  url: 'https://chat.example',
  getToken: async () => 'a token',
  storage: localStorage,
});
client.subscribe(() => show(client.getSnapshot()));
client.connect();
try {
  const chatId = await client.startChat();
  client.send(chatId, 'Hello!');
} catch (error) {
  if (error instanceof RequestError && error.code !== 'chat_already_exists') throw error;
}

function show({ chatList }: ClientSnapshot): void {
  document.title = chatList.chats.map(({ unreadCount }) => unreadCount.toFixed()).join();
}

export function Unread() {
  const unread = useClient(client, ({ chatList }) => chatList.chats.reduce((sum, chat) => sum + chat.unreadCount, 0));
  return createElement('output', null, unread);
}

export const bare: Socket<ServerToClientEvents, ClientToServerEvents> = io('https://chat.example', {
  auth: { token: 'a token' },
});
bare.on('message:new', ({ sessionId, content }) => console.log(sessionId.toFixed(), content.length));
const sent = await bare.emitWithAck('message:send', { sessionId: 1, content: 'Hello!' });
console.log(sent.ok ? sent.message.id.toFixed() : sent.error.code);
