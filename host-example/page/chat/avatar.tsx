/** A person's initials on a colour of their own, and whether they are online. Their name stands beside it. */
export function Avatar({ name, isOnline = false }: { name: string; isOnline?: boolean }) {
  return (
    <span className="avatar" data-tint={tint(name)} data-online={isOnline} aria-hidden="true">
      {initials(name)}
    </span>
  );
}

function initials(name: string): string {
  const words = name.replace(/^(Dr|Prof)\.?\s+/i, '').split(/\s+/);
  const letters = words.length > 1 ? [words[0], words.at(-1)] : [words[0]];
  return letters.map((word) => word?.charAt(0).toUpperCase() ?? '').join('');
}

const tints = 5;

function tint(name: string): number {
  return [...name].reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0)) % 997, 7) % tints;
}
