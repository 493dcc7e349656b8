import { personTypes, type PersonRef, type PersonType } from '../auth/actor.js';
import { askDirectory } from './ask-directory.js';
import { readLogin, readLogins } from './directory-answers.js';
import type { Directory } from './directory.js';

type Found = Map<string, PersonRef | null | Error>;

/**
 * Whose these logins (`customer:6b1f0c1e`) are, of each type in one question where the directory has one. What fails, fails
 * alone; where everything does, so does this.
 */
export async function findLogins(directory: Directory, keys: readonly string[], timeoutMs: number): Promise<Found> {
  const found: Found = new Map();
  const ask = async (type: PersonType): Promise<void> => {
    const prefix = `${type}:`;
    const logins = keys.filter((key) => key.startsWith(prefix)).map((key) => key.slice(prefix.length));
    if (logins.length === 0) return;
    const answers = await (directory.findByLogins === undefined ? findOneByOne : findTogether)(
      ...([directory, type, logins, timeoutMs] as const),
    );
    for (const [login, answer] of answers) found.set(prefix + login, answer);
  };
  await Promise.all(personTypes.map(ask));
  const failures = [...found.values()].filter((answer) => answer instanceof Error);
  if (failures.length === keys.length && failures[0] !== undefined) throw failures[0];
  return found;
}

type Find = (directory: Directory, type: PersonType, logins: readonly string[], timeoutMs: number) => Promise<Found>;

const findTogether: Find = async (directory, type, logins, timeoutMs) => {
  try {
    return await askDirectory(timeoutMs, async () =>
      readLogins(await directory.findByLogins?.(type, logins), type, logins),
    );
  } catch (error) {
    return new Map(logins.map((login) => [login, error as Error]));
  }
};

const findOneByOne: Find = async (directory, type, logins, timeoutMs) => {
  const findOne = async (login: string): Promise<PersonRef | null> => {
    if (directory.findByLogin === undefined) {
      throw new Error('An issuer finds people by their login, and the directory has no findByLogin');
    }
    return readLogin(await directory.findByLogin(type, login), type);
  };
  return new Map(
    await Promise.all(
      logins.map(async (login): Promise<[string, PersonRef | null | Error]> => {
        const answer = await askDirectory(timeoutMs, () => findOne(login)).catch((error: unknown) => error as Error);
        return [login, answer];
      }),
    ),
  );
};
