import { expect } from 'chai';
import { definePlugin, type Hooks } from '../../lib/index.js';
import { createHookRunner, type HookRunner } from '../../lib/plugins/hook-runner.js';
import { recordingLogger } from '../support/recording-logger.js';

const never = (): Promise<never> => new Promise(() => undefined);
const context = { actor: { type: 'customer', id: 1 } } as const;
const input = () => ({ chatId: 1, content: 'Hello', imageKeys: ['a key'] });
const same = <T>(value: T): T => value;

describe('the runner of hooks', () => {
  const timeoutMs = 20;
  let log: ReturnType<typeof recordingLogger>;

  function runnerOf(...hooks: readonly Hooks[]): HookRunner {
    log = recordingLogger();
    const plugins = hooks.map((one, i) => definePlugin({ name: `plugin-${i}`, version: '1.0.0', hooks: one }));
    return createHookRunner(plugins, log, timeoutMs);
  }

  const calls: Record<string, (runner: HookRunner) => Promise<unknown>> = {
    canCall: (runner) => runner.canCall({ door: 'http', operation: 'GET /api/chats' }, context),
    canSendMessage: (runner) => runner.prepare('SendMessage', input(), context, same),
    beforeSendMessage: (runner) => runner.prepare('SendMessage', input(), context, same),
  };
  for (const [name, run] of Object.entries(calls)) {
    it(`waits for ${name} so long and no longer, and says whose it is`, async () => {
      const error: unknown = await run(runnerOf({ [name]: never })).catch((reason: unknown) => reason);
      expect(error).to.have.property('message', `plugin "plugin-0" failed in ${name}`);
      expect(error).to.have.nested.property(
        'cause.message',
        `plugin "plugin-0" took longer than ${timeoutMs} ms in ${name}`,
      );
    });
  }

  it('goes on to the next plugin after one that never ends, and can be waited for', async () => {
    const heard: unknown[] = [];
    const runner = runnerOf({ afterMarkRead: never }, { afterMarkRead: (receipt) => void heard.push(receipt) });
    const receipt = { chatId: 1, messageId: 2, messageIds: [2], readAt: null };
    runner.after('MarkRead', receipt, context);
    await runner.settled();
    expect(heard).to.deep.equal([receipt]);
    expect(log.lines.map(({ fields }) => [fields['plugin'], fields['hook']])).to.deep.equal([
      ['plugin-0', 'afterMarkRead'],
    ]);
  });

  it('takes what a hook throws for what it is, an error or not', async () => {
    for (const thrown of [undefined, null, 'text', 7, Object.create(null) as object]) {
      const fail = (): never => {
        throw thrown as Error;
      };
      const error: unknown = await calls['canSendMessage']?.(runnerOf({ canSendMessage: fail })).catch(
        (reason: unknown) => reason,
      );
      expect(error).to.be.an('error').with.property('message', 'plugin "plugin-0" failed in canSendMessage');
      expect(error).to.have.property('cause', thrown);
    }
  });

  it('lets no hook change in place what it is given: nobody would check it', async () => {
    const changes: ((given: { chatId: number; imageKeys: string[] }, told: { actor: { id: number } }) => unknown)[] = [
      (given) => (given.chatId = 2),
      (given) => given.imageKeys.push('another'),
      (_, told) => (told.actor.id = 2),
    ];
    for (const change of changes) {
      for (const kind of ['can', 'before']) {
        const runner = runnerOf({ [`${kind}SendMessage`]: change });
        const error: unknown = await runner
          .prepare('SendMessage', input(), { actor: { ...context.actor } }, same)
          .catch((reason: unknown) => reason);
        expect(error).to.have.property('cause').that.is.instanceOf(TypeError);
      }
    }
    const runner = runnerOf({
      afterMarkRead: (receipt) => void ((receipt as { chatId: number }).chatId = 2),
    });
    const receipt = { chatId: 1, messageId: 2, messageIds: [2], readAt: null };
    runner.after('MarkRead', receipt, context);
    await runner.settled();
    expect(receipt.chatId).to.equal(1);
  });

  it('lets no hook make the one who acts another, or the call another call', async () => {
    const become = (_: unknown, told: { actor: object }): void => void Object.assign(told.actor, { id: 2 });
    const told = { actor: { ...context.actor } };
    const after = runnerOf({ afterMarkRead: become });
    after.after('MarkRead', { chatId: 1, messageId: 2, messageIds: [2], readAt: null }, told);
    await after.settled();
    expect(told.actor).to.deep.equal(context.actor);

    const call = { door: 'http', operation: 'GET /api/chats' } as const;
    const rename = (given: object): void => void Object.assign(given, { operation: 'another' });
    for (const canCall of [become, rename]) {
      await runnerOf({ canCall })
        .canCall(call, { actor: { ...context.actor } })
        .catch(() => undefined);
    }
    expect(call.operation).to.equal('GET /api/chats');
  });
});
