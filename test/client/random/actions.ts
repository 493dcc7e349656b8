import fc from 'fast-check';

/** Tabs: two of the customer, with one storage, and two of the dentist, with another. */
export const tabCount = 4;

/** What people do on a page. */
type Deed = 'write' | 'read' | 'discard' | 'load older' | 'reopen' | 'wake';

/** What people do, and what happens to them. */
export type Action =
  | {
      readonly kind: Deed | 'cut' | 'silence' | 'restore' | 'lose answers' | 'reload' | 'refuse token';
      readonly tab: number;
    }
  | { readonly kind: 'restart' }
  | { readonly kind: 'let go on'; readonly ms: number };

const tab = fc.nat(tabCount - 1);
const of = (...kinds: Extract<Action, { tab: number }>['kind'][]): fc.Arbitrary<Action> =>
  fc.record({ kind: fc.constantFrom(...kinds), tab });

/** Writing is the most frequent, a restart the rarest. */
export const actions: fc.Arbitrary<Action[]> = fc.array(
  fc.oneof(
    { weight: 8, arbitrary: of('write') },
    { weight: 3, arbitrary: of('read') },
    { weight: 4, arbitrary: of('load older', 'reopen', 'wake', 'discard') },
    { weight: 4, arbitrary: of('cut', 'silence', 'lose answers') },
    { weight: 3, arbitrary: of('restore') },
    { weight: 2, arbitrary: of('reload', 'refuse token') },
    { weight: 4, arbitrary: fc.record({ kind: fc.constant('let go on' as const), ms: fc.nat(120) }) },
    { weight: 1, arbitrary: fc.constant({ kind: 'restart' as const }) },
  ),
  { minLength: 8, maxLength: 30 },
);
