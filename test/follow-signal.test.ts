import { getEventListeners } from 'node:events';
import { expect } from 'chai';
import { followSignal } from '../lib/follow-signal.js';

describe('a controller that follows a signal', () => {
  it('aborts when it does, for the same reason', () => {
    const [outer, own] = [new AbortController(), new AbortController()];
    followSignal(own, outer.signal);
    expect(own.signal.aborted).to.equal(false);
    outer.abort(new Error('the client has gone'));
    expect(own.signal.reason).to.equal(outer.signal.reason);
  });

  it('aborts at once where it has already', () => {
    const own = new AbortController();
    followSignal(own, AbortSignal.abort('gone'));
    expect(own.signal.reason).to.equal('gone');
  });

  it('leaves nothing behind once it follows no more', () => {
    const [outer, own] = [new AbortController(), new AbortController()];
    const unfollow = followSignal(own, outer.signal);
    unfollow();
    unfollow();
    expect(getEventListeners(outer.signal, 'abort')).to.have.lengthOf(0);
    outer.abort();
    expect(own.signal.aborted).to.equal(false);
  });

  it('stays as it is with nothing to follow', () => {
    const own = new AbortController();
    followSignal(own, undefined)();
    expect(own.signal.aborted).to.equal(false);
  });
});
