import { expect } from 'chai';
import type { Prepare } from './lost-calls.js';

/** Makes one of the things fail that a call needs. They are known by their names, the second of a name by `name#2`. */
export interface Injector {
  /** Lets the first of them fail that is not among these. */
  arm(passed: ReadonlySet<string>): void;
  /** Which one has failed; undefined where there was no other. */
  disarm(): string | undefined;
}

/** `isMeant` is told of each that comes, and says whether it is to fail. */
export function createInjector(): Injector & { isMeant(name: string): boolean } {
  let passed: ReadonlySet<string> | undefined;
  let failed: string | undefined;
  let seen = new Map<string, number>();
  return {
    arm: (given) => ([passed, failed, seen] = [given, undefined, new Map<string, number>()]),
    isMeant(name) {
      if (passed === undefined) return false;
      const times = (seen.get(name) ?? 0) + 1;
      seen.set(name, times);
      const numbered = times === 1 ? name : `${name}#${times}`;
      if (failed !== undefined || passed.has(numbered)) return false;
      failed = numbered;
      return true;
    },
    disarm() {
      passed = undefined;
      return failed;
    },
  };
}

interface Expected {
  /** The codes that a call may fail with when this one has failed; `done` where it can do without. */
  codesOf(failed: string): readonly string[];
  /** Whether what failed for its caller may have been done. */
  readonly mayBeDone: boolean;
  /** What must hold of all that is stored. */
  expectWhole(where: string): Promise<void>;
}

/**
 * Lets the first thing fail that a call needs, then the second, until there are no more. Each time the call fails with a
 * clean code or succeeds, and its retry does it, once; what reads and succeeds all the same says what it says with nothing
 * failing. Returns what has failed, and whether the call changes anything.
 */
export async function failEach(
  name: string,
  prepare: Prepare,
  injector: Injector,
  { codesOf, mayBeDone, expectWhole }: Expected,
): Promise<{ failed: Set<string>; isRead: boolean }> {
  const all = new Set<string>();
  for (;;) {
    const { calls, already, count } = await prepare();
    injector.arm(all);
    const first = await outcomesOf(calls);
    const failed = injector.disarm();
    const where = `${name}: ${failed}`;
    // Of several, those whom it did not concern are done.
    const codes = [...(failed === undefined || calls.length > 1 ? ['done'] : []), ...(failed ? codesOf(failed) : [])];
    for (const { outcome } of first) expect(outcome, where).to.be.oneOf(codes);
    const second = await outcomesOf(calls);
    second.forEach(({ outcome, said }, i) => {
      const isDone = first[i]?.outcome === 'done';
      expect(outcome, where).to.be.oneOf(mayBeDone || isDone ? ['done', already] : ['done']);
      if (isDone && count === undefined) expect(first[i]?.said, where).to.deep.equal(said);
    });
    expect(await count?.(), where).to.be.oneOf([calls.length, undefined]);
    await expectWhole(where);
    if (failed === undefined) return { failed: all, isRead: count === undefined };
    all.add(failed);
  }
}

interface Called {
  /** `done`, or the code that it failed with. */
  readonly outcome: string;
  readonly said: unknown;
}

/** Called in one tick. */
function outcomesOf(calls: readonly (() => Promise<unknown>)[]): Promise<Called[]> {
  const outcomeOf = (call: () => Promise<unknown>): Promise<Called> =>
    call().then(
      (said) => ({ outcome: 'done', said: lasting(said) }),
      (error: { code?: string }) => ({ outcome: String(error.code), said: undefined }),
    );
  return Promise.all(calls.map(outcomeOf));
}

/** What is the same the next time: of a signed URL its path. */
function lasting(said: unknown): unknown {
  const json = JSON.stringify(said, (key: string, value: unknown) => {
    if (key === 'timestamp') return undefined;
    return typeof value === 'string' && /^(https?:\/)?\/\S+\?/.test(value) ? value.split('?')[0] : value;
  });
  return json === undefined ? undefined : (JSON.parse(json) as unknown);
}
