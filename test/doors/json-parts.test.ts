import { expect } from 'chai';
import { markShared } from '../../lib/shared-answers.js';
import { isLong, toJsonParts } from '../../lib/doors/json-parts.js';
import { countTurns } from '../support/count-turns.js';

const rows = Array.from({ length: 1_001 }, (_, id) => ({
  id,
  text: `"${id}"\u2028`,
  at: id % 3 === 0 ? undefined : null,
}));

describe('a long answer in parts', () => {
  for (const [what, body] of Object.entries({
    'a list among other fields': { '"rows"': rows, hasMore: false, none: undefined, nextCursor: null },
    'a list behind nothing': { none: undefined, rows },
    'lists that end with a part': { rows: rows.slice(0, 500), more: rows.slice(0, 201), few: [] },
    'what is nothing in JSON': { rows: [...rows, undefined, () => 1, Symbol('one'), NaN] },
  })) {
    it(`is what JSON.stringify gives: ${what}`, async () => {
      expect(isLong(body)).to.equal(true);
      expect((await toJsonParts(body)).join('')).to.equal(JSON.stringify(body));
    });
  }

  for (const [what, body] of Object.entries({
    'a list alone': rows,
    'a short list': { rows: rows.slice(0, 100) },
    'what writes itself': { rows, toJSON: () => 'itself' },
    nothing: null,
    'an object of a class': Object.assign(new Map(), { rows }),
  })) {
    it(`is not ${what}`, () => {
      expect(isLong(body)).to.equal(false);
    });
  }

  it('is made once where several share it, and anew where they do not', async () => {
    const [own, common] = [{ rows: [...rows] }, markShared({ rows: [...rows] })];
    const made = await Promise.all([own, own, common, common].map(toJsonParts));
    expect(made[0]).not.to.equal(made[1]);
    expect(made[2]).to.equal(made[3]);
    expect(await toJsonParts(common)).to.equal(made[3]);
    own.rows.pop();
    expect((await toJsonParts(own)).join('')).to.equal(JSON.stringify(own));
  });

  it('lets others be served in between', async () => {
    const turns = countTurns();
    await toJsonParts({ rows });
    expect(turns.stop()).to.be.at.least(10);
  });

  it('fails for what is no JSON', async () => {
    const circle: unknown[] = [...rows];
    circle.push({ circle });
    const failure = await toJsonParts({ circle }).catch((error: unknown) => error);
    expect(failure).to.be.instanceOf(TypeError);
  });
});
