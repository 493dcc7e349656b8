import { setImmediate } from 'node:timers/promises';
import { expect } from 'chai';
import { createFreshAnswers } from '../../lib/directory/fresh-answers.js';

/** A question that was put, for the test to answer. */
interface Question {
  readonly keys: readonly string[];
  answer(): void;
  fail(): void;
}

describe('what the directory is asked', () => {
  let questions: Question[];
  let nowMs: number;

  const create = () =>
    createFreshAnswers<string, string>({
      ...{ maxAgeMs: 1_000, size: 10, maxBatch: 10, absent: 'nobody', now: () => nowMs },
      ask: (keys) =>
        new Promise((resolve, reject) => {
          const answer = (): void => resolve(new Map(keys.map((key) => [key, `${key} is there`])));
          questions.push({ keys, answer, fail: () => reject(new Error('away')) });
        }),
    });

  const outcomeOf = (answer: string | Promise<string>): Promise<string> =>
    Promise.resolve(answer).catch((error: unknown) => String(error));

  /** Resolves once so many questions have been put. */
  async function put(count: number): Promise<void> {
    while (questions.length < count) await setImmediate();
  }

  beforeEach(() => {
    questions = [];
    nowMs = 0;
  });

  it('is one question at a time, with all that was asked meanwhile in the next', async () => {
    const answers = create();
    const first = outcomeOf(answers.get('a'));
    await put(1);
    const others = [outcomeOf(answers.get('b')), outcomeOf(answers.get('c'))];
    questions[0]?.answer();
    expect(await first).to.equal('a is there');
    await put(2);
    questions[1]?.answer();
    expect(await Promise.all(others)).to.deep.equal(['b is there', 'c is there']);
    expect(questions.map(({ keys }) => keys)).to.deep.equal([['a'], ['b', 'c']]);
  });

  it('is refused to all who waited where it cannot be answered, and put again for who comes then', async () => {
    const answers = create();
    const first = outcomeOf(answers.get('a'));
    await put(1);
    const early = outcomeOf(answers.get('b'));
    nowMs = 4_000;
    questions[0]?.fail();
    expect(await Promise.all([first, early])).to.deep.equal(['Error: away', 'Error: away']);
    const late = outcomeOf(answers.get('c'));
    await put(2);
    expect(questions.map(({ keys }) => keys)).to.deep.equal([['a'], ['c']]);
    questions[1]?.answer();
    expect(await late).to.equal('c is there');
  });

  it('keeps nothing new of many that are wanted as of now, and brings up to date what it keeps', async () => {
    const answers = create();
    const first = outcomeOf(answers.get('a'));
    await put(1);
    questions[0]?.answer();
    await first;
    nowMs = 900;
    const many = answers.getAll(['a', 'b'], 0);
    await put(2);
    questions[1]?.answer();
    expect(await many).to.deep.equal(['a is there', 'b is there']);
    nowMs = 1_100;
    expect(answers.get('a'), 'as old as the second question').to.equal('a is there');
    const again = outcomeOf(answers.get('b'));
    await put(3);
    questions[2]?.answer();
    expect(await again).to.equal('b is there');
    expect(questions.map(({ keys }) => keys)).to.deep.equal([['a'], ['a', 'b'], ['b']]);
  });

  it('keeps those of the many that somebody asks for by itself meanwhile', async () => {
    const answers = create();
    const many = answers.getAll(['a', 'b'], 0);
    const single = outcomeOf(answers.get('b'));
    await put(1);
    questions[0]?.answer();
    await Promise.all([many, single]);
    expect(answers.get('b')).to.equal('b is there');
  });

  it('keeps many that may be older than now', async () => {
    const answers = create();
    const many = answers.getAll(['a', 'b'], 500);
    await put(1);
    questions[0]?.answer();
    await many;
    nowMs = 400;
    expect(await answers.getAll(['a', 'b'], 500)).to.deep.equal(['a is there', 'b is there']);
    expect(questions).to.have.length(1);
  });
});
