import fc from 'fast-check';

/** Texts that have hurt programs before. */
const knownTexts = [
  '',
  ' ',
  '\0',
  'a\0b',
  '\ud800',
  'a\udc00b',
  '\udc00\ud800',
  '\ufeff',
  '\ufffd',
  '\uffff',
  'e\u0301',
  '\u202egnp.exe',
  '\u2028\u2029\u0085',
  '👩🏽‍⚕️ 🦷',
  '\r\n\r\n',
  '\x1e',
  '\x1e42["message:send"]',
  '__proto__',
  'constructor',
  'toString',
  "'; DROP TABLE chat.messages; --",
  '$1 %s {{x}} ${x} \\',
  '<script>alert(1)</script>',
  '../../../etc/passwd',
  'x'.repeat(10_000),
  'x'.repeat(10_001),
  '🦷'.repeat(5_000),
  '9'.repeat(400),
] as const;

/** Any UTF-16 there can be, lone surrogates among it. */
export const anyText: fc.Arbitrary<string> = fc.oneof(
  { weight: 2, arbitrary: fc.constantFrom(...knownTexts) },
  { weight: 2, arbitrary: fc.string({ unit: 'binary', maxLength: 40 }) },
  {
    weight: 1,
    arbitrary: fc
      .array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 20 })
      .map((units) => String.fromCharCode(...units)),
  },
  { weight: 1, arbitrary: fc.string({ maxLength: 30 }) },
);

const nested = (open: string, close: string, depth: number): string => open.repeat(depth) + close.repeat(depth);

/** JSON as text, and what is none: for what no value of JavaScript could say. */
export const anyJson: fc.Arbitrary<string> = fc.oneof(
  { weight: 3, arbitrary: fc.json({ maxDepth: 3 }) },
  { weight: 3, arbitrary: anyText.map((text) => JSON.stringify(text)) },
  {
    weight: 4,
    arbitrary: fc.constantFrom(
      ...[
        'null',
        'true',
        '0',
        '-0',
        '-1',
        '1.5',
        '1e999',
        '-1e999',
        '1e-400',
        '9007199254740992',
        '12345678901234567890',
      ],
      ...[
        '""',
        '[]',
        '{}',
        '[[]]',
        '[null]',
        '"\\ud800"',
        '"\\u0000"',
        '"\\udc00\\ud800"',
        'NaN',
        'undefined',
        '01',
        '"\\x"',
      ],
      ...['{"__proto__":{"isAdmin":true}}', '{"constructor":{"prototype":{"x":1}}}', '{"toString":1,"valueOf":null}'],
      ...['{"length":5}', '{"_placeholder":true,"num":0}', '{"type":"Buffer","data":[1]}'],
      ...[nested('[', ']', 5_000), nested('{"a":', '}', 1_000).replace('{"a":}', '{}'), `[${'0,'.repeat(5_000)}0]`],
    ),
  },
);

/** Breaks a text that was whole: cut off, or a character changed, put in or taken out. */
export function broken(whole: fc.Arbitrary<string>): fc.Arbitrary<string> {
  return fc
    .tuple(
      whole,
      fc.nat(),
      fc.constantFrom('cut', 'change', 'insert', 'remove'),
      fc.string({ unit: 'binary', maxLength: 2 }),
    )
    .map(([text, at, how, other]) => {
      const place = text.length === 0 ? 0 : at % text.length;
      const [before, after] = [text.slice(0, place), text.slice(place)];
      if (how === 'cut') return before;
      if (how === 'insert') return before + other + after;
      return before + (how === 'change' ? other : '') + after.slice(1);
    });
}
