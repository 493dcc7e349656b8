import { useEffect, useMemo } from 'react';
import { createChatClient, webStorage } from '../../../lib/client/index.js';
import { ChatApp } from '../chat/chat-app.js';
import { ChatProvider, useUnreadCount } from '../../../lib/client/react.js';
import { fetchToken, type DemoPerson } from './demo-service.js';
import { SeatBar } from './seat-bar.js';

export interface SeatProps {
  person: DemoPerson;
  people: readonly DemoPerson[];
  isShown: boolean;
  onPerson: (key: string) => void;
  onUnread: (unread: number) => void;
}

/** A place in front of the service, with somebody in it who knows nothing of the other place. */
export function Seat(props: SeatProps) {
  const { key } = props.person;
  const client = useMemo(
    () => createChatClient({ url: location.origin, getToken: () => fetchToken(key), storage: webStorage() }),
    [key],
  );
  return (
    <ChatProvider client={client}>
      <SeatWithClient {...props} />
    </ChatProvider>
  );
}

function SeatWithClient({ person, people, isShown, onPerson, onUnread }: SeatProps) {
  const unread = useUnreadCount();

  useEffect(() => {
    onUnread(unread);
    return () => onUnread(0);
  }, [unread, onUnread]);

  return (
    <section className="seat" hidden={!isShown} aria-label={`${person.name}, ${person.type}`}>
      <SeatBar person={person} people={people} onPerson={onPerson} />
      <ChatApp key={person.key} personName={person.name} isShown={isShown} />
    </section>
  );
}
