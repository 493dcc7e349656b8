import type { Ref } from 'react';
import { type ChatSummary, otherParticipant, type PersonType } from '../../../../lib/client/index.js';
import { Avatar } from '../avatar.js';
import { count, preview, shortTime } from '../words.js';

export interface ChatRowProps {
  chat: ChatSummary;
  me: PersonType;
  isOpen: boolean;
  isOnline: boolean;
  isTyping: boolean;
  /** 0 for the one row that Tab reaches, else -1. */
  tabIndex: 0 | -1;
  ref: Ref<HTMLButtonElement>;
  onOpen: () => void;
}

/** A conversation in the list: with whom, what was said last and when, and how much is unread. */
export function ChatRow({ chat, me, isOpen, isOnline, isTyping, tabIndex, ref, onOpen }: ChatRowProps) {
  const { name } = otherParticipant(chat, me);
  const { lastMessage, unreadCount } = chat;
  return (
    <button
      ref={ref}
      type="button"
      className="chat-row"
      tabIndex={tabIndex}
      aria-current={isOpen ? 'true' : undefined}
      data-unread={unreadCount > 0}
      onClick={onOpen}
    >
      <Avatar name={name} isOnline={isOnline} />
      <span className="chat-row-name">
        {name}
        {isOnline ? <span className="for-ears">, online</span> : null}
      </span>
      <time className="chat-row-time" dateTime={chat.updatedAt}>
        {shortTime(chat.updatedAt)}
      </time>
      <span className="chat-row-last" data-typing={isTyping}>
        {isTyping ? 'typing…' : lastMessage === null ? 'No messages yet' : lastLine(lastMessage, me)}
      </span>
      {unreadCount > 0 ? (
        <span className="unread">
          {unreadCount > 99 ? '99+' : unreadCount}
          <span className="for-ears"> unread {unreadCount === 1 ? 'message' : 'messages'}</span>
        </span>
      ) : null}
    </button>
  );
}

function lastLine(message: NonNullable<ChatSummary['lastMessage']>, me: PersonType): string {
  return message.senderType === me ? `You: ${preview(message)}` : preview(message);
}

/** Said when somebody looks at the whole list. */
export function unreadWords(chats: readonly ChatSummary[]): string {
  const unread = chats.reduce((sum, chat) => sum + chat.unreadCount, 0);
  return unread === 0 ? 'No unread messages' : count(unread, 'unread message');
}
