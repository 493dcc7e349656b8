import { expect } from 'chai';
import { readBearerToken } from '../../lib/auth/bearer-token.js';
import { ChatError } from '../../lib/errors.js';

describe('The Authorization header', () => {
  const good: Record<string, string> = {
    'Bearer a.b.c': 'a.b.c',
    'bearer a.b.c': 'a.b.c',
    'BEARER a.b.c': 'a.b.c',
    'Bearer   a.b.c': 'a.b.c',
    'Bearer a-b_c~d+e/f==': 'a-b_c~d+e/f==',
  };
  for (const [header, token] of Object.entries(good)) {
    it(`has a token in "${header}"`, () => expect(readBearerToken(header)).to.equal(token));
  }

  const bad: readonly [string | undefined, string][] = [
    [undefined, 'token_missing'],
    ['', 'token_missing'],
    [' ', 'token_missing'],
    ['Bearer', 'token_missing'],
    ['Bearer ', 'token_missing'],
    ['Basic dXNlcjpwYXNz', 'token_missing'],
    ['a.b.c', 'token_missing'],
    ['Bearera.b.c', 'token_missing'],
    ['Bearer\ta.b.c', 'token_missing'],
    ['Token Bearer a.b.c', 'token_missing'],
    ['Bearer a.b.c d.e.f', 'token_invalid'],
    ['Bearer a.b.c,d.e.f', 'token_invalid'],
    ['Bearer a.b.c, Bearer d.e.f', 'token_invalid'],
    ['Bearer Bearer a.b.c', 'token_invalid'],
    ['Bearer "a.b.c"', 'token_invalid'],
    ['Bearer =a', 'token_invalid'],
    ['Bearer a\u00a0b', 'token_invalid'],
  ];
  for (const [header, code] of bad) {
    it(`is ${code} when it is ${header === undefined ? 'absent' : JSON.stringify(header)}`, () => {
      expect(() => readBearerToken(header))
        .to.throw(ChatError)
        .with.property('code', code);
    });
  }

  it('is read in no time when it is made to take long', () => {
    expect(() => readBearerToken(`Bearer ${'a '.repeat(8_000)}`)).to.throw(ChatError);
    expect(() => readBearerToken(`Bearer ${'='.repeat(16_000)}`)).to.throw(ChatError);
  });
});
