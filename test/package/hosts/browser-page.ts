// A page's code, compiled for browsers against the installed package: everything strict, nothing skipped, no Node.
import { io, type Socket } from 'socket.io-client';
import { createElement } from 'react';
import { createChatClient, RequestError, webStorage } from 'koa-chat-module/client';
import type { ChatClient, ClientSnapshot, ClientToServerEvents, ServerToClientEvents } from 'koa-chat-module/client';
import { ChatProvider, useConversation, useUnreadCount } from 'koa-chat-module/react';

export const client: ChatClient = createChatClient({
  url: 'https://chat.example',
  getToken: async () => 'a token',
  storage: webStorage(),
});
client.subscribe(() => show(client.getSnapshot()));
client.connect();
try {
  const chatId = await client.startChat();
  client.send(chatId, 'Hello!');
} catch (error) {
  if (error instanceof RequestError && error.code !== 'no_assigned_dentist') throw error;
}

function show({ chatList }: ClientSnapshot): void {
  document.title = chatList.chats.map(({ unreadCount }) => unreadCount.toFixed()).join();
}

function Unread() {
  const { conversation, outgoing, send } = useConversation(1);
  const shown = (conversation?.messages.length ?? 0) + outgoing.length;
  return createElement('button', { onClick: () => send('Hello!') }, shown, useUnreadCount());
}
export const page = createElement(ChatProvider, { client }, createElement(Unread));

export const bare: Socket<ServerToClientEvents, ClientToServerEvents> = io('https://chat.example', {
  auth: { token: 'a token' },
});
bare.on('message:new', ({ sessionId, content }) => console.log(sessionId.toFixed(), content.length));
const sent = await bare.emitWithAck('message:send', { sessionId: 1, content: 'Hello!' });
console.log(sent.ok ? sent.message.id.toFixed() : sent.error.code);
