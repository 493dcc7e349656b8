import { frozen } from '../frozen.js';
import type { Logger } from '../logger.js';
import { ChatError } from '../errors.js';
import { hookPoints, type Call, type HookContext, type HookPoint, type HookPoints, type Hooks } from './hooks.js';
import { resultWithinMs } from '../within.js';
import type { Plugin } from './plugin.js';

type Input<P extends HookPoint> = HookPoints[P]['input'];
type Result<P extends HookPoint> = HookPoints[P]['result'];

/** Runs the plugins' hooks in the plugins' order. Where nobody hooks, it costs a look-up. */
export interface HookRunner {
  /** Whether anybody may refuse calls: lets a door go on without waiting. */
  readonly watchesCalls: boolean;
  canCall(call: Call, context: HookContext): Promise<void>;
  /**
   * The `can*` and then the `before*` hooks: the input to go on with.
   * @throws whatever a hook refused with; `revalidate` checks an input that a hook replaced.
   */
  prepare<P extends HookPoint>(
    point: P,
    input: Input<P>,
    context: HookContext,
    revalidate: (input: Input<P>) => Input<P>,
  ): Promise<Input<P>>;
  /** Whether `prepare` has anything to do at this point. */
  hooks(point: HookPoint): boolean;
  /** The `after*` hooks, beside the caller: their failures are logged. */
  after<P extends HookPoint>(point: P, result: Result<P>, context: HookContext): void;
  /** Resolves when the `after*` hooks that run now are done. */
  settled(): Promise<void>;
}

interface Hooked<F> {
  readonly plugin: string;
  readonly name: keyof Hooks;
  readonly run: F;
}

/** How long a hook may take, in milliseconds: then its call fails, or goes on where it was over. */
const longestMs = 10_000;

export function createHookRunner(plugins: readonly Plugin[], logger: Logger, timeoutMs = longestMs): HookRunner {
  const running = new Set<Promise<void>>();

  function collect<F>(name: keyof Hooks): Hooked<F>[] {
    return plugins.flatMap(({ name: plugin, hooks }) => {
      const run = hooks?.[name];
      return run === undefined ? [] : [{ plugin, name, run: run.bind(hooks) as F }];
    });
  }

  const calls = collect<NonNullable<Hooks['canCall']>>('canCall');
  const points = new Map<HookPoint, ReturnType<typeof collectPoint>>();
  for (const point of hookPoints) points.set(point, collectPoint(point));

  function collectPoint(point: HookPoint) {
    return {
      can: collect<(input: unknown, context: HookContext) => unknown>(`can${point}`),
      before: collect<(input: unknown, context: HookContext) => unknown>(`before${point}`),
      after: collect<(result: unknown, context: HookContext) => unknown>(`after${point}`),
    };
  }

  return {
    watchesCalls: calls.length > 0,

    async canCall(call, context) {
      frozen(call);
      frozen(context);
      for (const hook of calls) await named(hook, () => inTime(hook, hook.run(call, context)));
    },

    hooks(point) {
      const at = points.get(point);
      return at !== undefined && at.can.length + at.before.length > 0;
    },

    async prepare(point, input, context, revalidate) {
      const at = points.get(point);
      if (at === undefined) return input;
      // Changed in place, it would be checked by nobody.
      let current = frozen(input);
      frozen(context);
      for (const hook of at.can) await named(hook, () => inTime(hook, hook.run(current, context)));
      for (const hook of at.before) {
        const replaced = await named(hook, () => inTime(hook, hook.run(current, context)));
        if (replaced !== undefined && replaced !== null) current = frozen(revalidate(replaced as typeof input));
      }
      return current;
    },

    after(point, result, context) {
      const after = points.get(point)?.after;
      if (after === undefined || after.length === 0) return;
      const done = runAll(after, frozen(result), frozen(context)).finally(() => running.delete(done));
      running.add(done);
    },

    async settled() {
      while (running.size > 0) await Promise.all(running);
    },
  };

  function inTime(hook: Hooked<unknown>, answer: unknown): unknown {
    if (!(answer instanceof Object && 'then' in answer)) return answer;
    const reason = (): Error => new Error(`plugin "${hook.plugin}" took longer than ${timeoutMs} ms in ${hook.name}`);
    return resultWithinMs(timeoutMs, answer as PromiseLike<unknown>, reason);
  }

  async function runAll(
    hooks: readonly Hooked<(result: unknown, context: HookContext) => unknown>[],
    result: unknown,
    context: HookContext,
  ): Promise<void> {
    for (const hook of hooks) {
      try {
        await inTime(hook, hook.run(result, context));
      } catch (err) {
        logger.error({ err, plugin: hook.plugin, hook: hook.name }, 'a hook failed after the fact');
      }
    }
  }
}

/** A refusal passes as it is; any other failure of a hook says whose it is, for the log. */
async function named<T>(hook: Hooked<unknown>, run: () => T): Promise<Awaited<T>> {
  try {
    return await run();
  } catch (cause) {
    if (cause instanceof ChatError) throw cause;
    throw new Error(`plugin "${hook.plugin}" failed in ${hook.name}`, { cause });
  }
}
