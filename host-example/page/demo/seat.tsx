import { useEffect } from 'react';
import { ChatApp } from '../chat/chat-app.js';
import { useClient } from '../../../lib/client/react.js';
import type { DemoPerson } from './demo-service.js';
import { SeatBar } from './seat-bar.js';
import { useSession } from './use-session.js';

export interface SeatProps {
  person: DemoPerson;
  people: readonly DemoPerson[];
  isShown: boolean;
  onPerson: (key: string) => void;
  onUnread: (unread: number) => void;
}

/** A place in front of the service, with somebody in it who knows nothing of the other place. */
export function Seat({ person, people, isShown, onPerson, onUnread }: SeatProps) {
  const client = useSession(person.key);
  const unread = useClient(client, ({ chatList }) => chatList.chats.reduce((sum, chat) => sum + chat.unreadCount, 0));

  useEffect(() => {
    onUnread(unread);
    return () => onUnread(0);
  }, [unread, onUnread]);

  return (
    <section className="seat" hidden={!isShown} aria-label={`${person.name}, ${person.type}`}>
      <SeatBar client={client} person={person} people={people} onPerson={onPerson} />
      <ChatApp key={person.key} client={client} personName={person.name} isShown={isShown} />
    </section>
  );
}
