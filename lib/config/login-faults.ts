import type { Issuer } from '../auth/issuer.js';
import type { DirectorySource } from '../directory/directory.js';

/** What is wrong with a directory that issuers ask for people by their login; otherwise the first token would find out. */
export function loginFaults(issuers: readonly Issuer[], directory: DirectorySource): string[] {
  return issuers.flatMap(({ name, actor: { findsByLogin: type } }, index) => {
    if (type === undefined || mayFind(directory, type)) return [];
    const mend = typeof directory === 'function' ? `set sqlDirectory's ${type}s.login` : 'give it findByLogin';
    return [`directory: cannot find a ${type} by login, as auth.issuers[${index}] ("${name}") asks it to: ${mend}`];
  });
}

function mayFind(directory: DirectorySource, type: 'customer' | 'dentist'): boolean {
  // A function that does not say is asked once it has made its directory.
  if (typeof directory === 'function') return directory.findsByLogin?.includes(type) ?? true;
  return typeof directory.findByLogin === 'function';
}
