/** Which people the page's address asks for: `?as=customer-1` for one, `?left=...&right=...` for two side by side. */
export interface Places {
  readonly people: readonly [string] | readonly [string, string];
}

export function readPlaces(known: readonly string[], query: string): Places {
  const wanted = new URLSearchParams(query);
  const pick = (name: string, otherwise: string): string => {
    const key = wanted.get(name);
    return key !== null && known.includes(key) ? key : otherwise;
  };
  if (wanted.has('as')) return { people: [pick('as', 'customer-1')] };
  return { people: [pick('left', 'customer-1'), pick('right', 'dentist-1')] };
}

/** So that a reload, or a copied address, shows the same people. */
export function writePlaces({ people }: Places): void {
  const [first, second] = people;
  const query: Record<string, string> = second === undefined ? { as: first } : { left: first, right: second };
  history.replaceState(null, '', `?${new URLSearchParams(query)}`);
}
