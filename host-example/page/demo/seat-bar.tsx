import { useId, useRef, useState } from 'react';
import { MoreIcon } from '../chat/icons.js';
import { useChatClient, useConnection } from '../../../lib/client/react.js';
import { failNextMessage, type DemoPerson } from './demo-service.js';

export interface SeatBarProps {
  person: DemoPerson;
  people: readonly DemoPerson[];
  onPerson: (key: string) => void;
}

/** Who sits here, and what can happen to them. */
export function SeatBar({ person, people, onPerson }: SeatBarProps) {
  const client = useChatClient();
  const isOffline = useConnection().status === 'offline';
  const selectId = useId();

  return (
    <header className="seat-bar">
      <label htmlFor={selectId}>You are</label>
      <select id={selectId} value={person.key} title={person.about} onChange={(event) => onPerson(event.target.value)}>
        <People people={people} type="customer" label="Patients" />
        <People people={people} type="dentist" label="Dentists" />
      </select>
      <button
        type="button"
        role="switch"
        className="switch"
        aria-checked={isOffline}
        onClick={() => (isOffline ? client.connect() : client.disconnect())}
      >
        Offline
      </button>
      <SeatMenu person={person} />
    </header>
  );
}

function People({ people, type, label }: { people: readonly DemoPerson[]; type: DemoPerson['type']; label: string }) {
  return (
    <optgroup label={label}>
      {people
        .filter((person) => person.type === type)
        .map(({ key, name }) => (
          <option key={key} value={key}>
            {name}
          </option>
        ))}
    </optgroup>
  );
}

function SeatMenu({ person }: { person: DemoPerson }) {
  const menuId = useId();
  const menu = useRef<HTMLDivElement>(null);
  const [fault, setFault] = useState('');

  async function fail(): Promise<void> {
    try {
      await failNextMessage(person.key);
      setFault(`The next message of ${person.name} will fail.`);
    } catch {
      setFault('The demo cannot be reached.');
    }
  }

  return (
    <>
      <button type="button" className="round" popoverTarget={menuId} aria-label={`More for ${person.name}`}>
        <MoreIcon />
      </button>
      <div id={menuId} ref={menu} className="menu" popover="auto">
        <p>{person.about}</p>
        <button type="button" onClick={() => void fail()}>
          Let the next message fail
        </button>
        <a href={`/?as=${person.key}`} target="_blank" rel="noreferrer" onClick={() => menu.current?.hidePopover()}>
          Open in a window of its own
        </a>
        <p role="status" className="menu-note">
          {fault}
        </p>
      </div>
    </>
  );
}
