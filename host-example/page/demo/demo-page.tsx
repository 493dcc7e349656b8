import { useCallback, useEffect, useState, useSyncExternalStore } from 'react';
import { readPlaces, writePlaces, type Places } from './address.js';
import { fetchPeople, type DemoPerson } from './demo-service.js';
import { Seat } from './seat.js';
import { ThemeSwitch } from './theme-switch.js';

/** The demo: one person's chats or those of two side by side, on a phone one at a time. */
export function DemoPage() {
  const [people, setPeople] = useState<readonly DemoPerson[]>([]);
  const [places, setPlaces] = useState<Places | null>(null);
  const [failed, setFailed] = useState(false);

  useEffect(() => {
    fetchPeople().then(
      (found) => {
        setPeople(found);
        setPlaces(
          readPlaces(
            found.map(({ key }) => key),
            location.search,
          ),
        );
      },
      () => setFailed(true),
    );
  }, []);

  const change = (next: Places): void => {
    setPlaces(next);
    writePlaces(next);
  };

  return (
    <>
      <header className="demo-bar">
        <h1>
          <img src="/assets/icon.svg" alt="" width="28" height="28" />
          Fernhill Dental
        </h1>
        <p>A demo: write as one, watch the other.</p>
        <a href="/docs">API</a>
        <ThemeSwitch />
      </header>
      {failed ? <p className="demo-failure">The demo cannot be reached. Is it still running?</p> : null}
      {places === null ? <main /> : <Seats people={people} places={places} onPlaces={change} />}
    </>
  );
}

interface SeatsProps {
  people: readonly DemoPerson[];
  places: Places;
  onPlaces: (places: Places) => void;
}

function Seats({ people, places, onPlaces }: SeatsProps) {
  const isNarrow = useMedia('(max-width: 819px)');
  const [shown, setShown] = useState(0);
  const [unread, setUnread] = useState<readonly number[]>([0, 0]);
  const setUnreadOf = useUnreadSetters(setUnread);
  const seated = places.people.map((key) => people.find((person) => person.key === key)).filter((p) => p !== undefined);

  const total = unread.reduce((sum, one) => sum + one, 0);
  useEffect(() => {
    document.title = total === 0 ? 'Fernhill Dental' : `(${total}) Fernhill Dental`;
  }, [total]);

  function seat(index: number, key: string): void {
    const [first, second] = places.people;
    if (second === undefined) onPlaces({ people: [key] });
    else onPlaces({ people: index === 0 ? [key, second] : [first, key] });
  }

  return (
    <main className="seats" data-count={seated.length}>
      {isNarrow && seated.length > 1 ? (
        <div className="seat-tabs" role="group" aria-label="Whose phone">
          {seated.map(({ name }, index) => (
            <button key={index} type="button" aria-pressed={index === shown} onClick={() => setShown(index)}>
              {name}
              {(unread[index] ?? 0) > 0 ? (
                <span className="unread">
                  {unread[index]}
                  <span className="for-ears"> unread</span>
                </span>
              ) : null}
            </button>
          ))}
        </div>
      ) : null}
      {seated.map((person, index) => (
        <Seat
          key={index}
          person={person}
          people={people}
          isShown={!isNarrow || seated.length === 1 || index === shown}
          onPerson={(key) => seat(index, key)}
          onUnread={index === 0 ? setUnreadOf.first : setUnreadOf.second}
        />
      ))}
    </main>
  );
}

function useUnreadSetters(setUnread: (change: (before: readonly number[]) => readonly number[]) => void): {
  first: (unread: number) => void;
  second: (unread: number) => void;
} {
  const first = useCallback((unread: number) => setUnread(([, other = 0]) => [unread, other]), [setUnread]);
  const second = useCallback((unread: number) => setUnread(([other = 0]) => [other, unread]), [setUnread]);
  return { first, second };
}

function useMedia(query: string): boolean {
  return useSyncExternalStore(
    (listener) => {
      const media = matchMedia(query);
      media.addEventListener('change', listener);
      return () => media.removeEventListener('change', listener);
    },
    () => matchMedia(query).matches,
  );
}
