import { expect } from 'chai';
import { createFreshAnswers } from '../../lib/directory/fresh-answers.js';

describe('fresh answers', () => {
  let clockMs: number;
  /** The questions put, in order. */
  let questions: number[][];
  /** What makes the next question wait. */
  let hold: Promise<unknown>;
  let failure: Error | undefined;

  beforeEach(() => {
    clockMs = 1_000;
    questions = [];
    hold = Promise.resolve();
    failure = undefined;
  });

  /** Answers each key with how many questions there were by then; key 13 with nothing. */
  const open = () =>
    createFreshAnswers<number, string>({
      maxAgeMs: 100,
      size: 1_000,
      maxBatch: 3,
      absent: 'nobody',
      now: () => clockMs,
      async ask(keys) {
        questions.push([...keys]);
        const count = questions.length;
        await hold;
        if (failure !== undefined) throw failure;
        return new Map(keys.filter((key) => key !== 13).map((key) => [key, `${key} in ${count}`]));
      },
    });

  it('are asked for together by all who come in one turn, each key once', async () => {
    const answers = open();
    expect(await Promise.all([answers.get(1), answers.get(13), answers.get(1)])).to.deep.equal([
      '1 in 1',
      'nobody',
      '1 in 1',
    ]);
    expect(questions).to.deep.equal([[1, 13]]);
  });

  it('are relied on at once while they are young, and asked for anew in time', async () => {
    const answers = open();
    await answers.get(1);
    clockMs += 50;
    expect(answers.get(1)).to.equal('1 in 1');
    clockMs += 1;
    expect(answers.get(1)).to.equal('1 in 1');
    expect(await answers.getAll([1], 0)).to.deep.equal(['1 in 2']);
    clockMs += 100;
    expect(await answers.get(1)).to.equal('1 in 3');
  });

  it('are never older than the wish for them: who comes while a question is under way waits for the next', async () => {
    const answers = open();
    let release = (): void => undefined;
    hold = new Promise<void>((resolve) => (release = resolve));
    const first = answers.get(1);
    while (questions.length === 0) await new Promise(setImmediate);
    clockMs += 1;
    answers.renew(1, 0);
    const [second, many] = [answers.get(1), answers.getAll([1, 2], 0)];
    release();
    expect(await first).to.equal('1 in 1');
    expect(await second).to.equal('1 in 2');
    expect(await many).to.deep.equal(['1 in 2', '2 in 2']);
    expect(questions).to.deep.equal([[1], [1, 2]]);
  });

  it('are asked for in questions of a bounded size', async () => {
    const keys = [1, 2, 3, 4, 5, 6, 7];
    expect(await open().getAll(keys, 0)).to.deep.equal([
      '1 in 1',
      '2 in 1',
      '3 in 1',
      ...['4', '5', '6'].map((key) => `${key} in 2`),
      '7 in 3',
    ]);
    expect(questions.map(({ length }) => length)).to.deep.equal([3, 3, 1]);
  });

  it('fail for those who wait, and are asked for again by the next', async () => {
    const answers = open();
    failure = new Error('away');
    const outcomes = await Promise.allSettled([answers.get(1), answers.getAll([2], 0)]);
    expect(outcomes.map(({ status }) => status)).to.deep.equal(['rejected', 'rejected']);
    // Nobody hears this one.
    answers.renew(3, 0);
    while (questions.length < 2) await new Promise(setImmediate);
    failure = undefined;
    expect(await answers.get(1)).to.equal('1 in 3');
  });
});
