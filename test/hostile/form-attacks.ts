import fc from 'fast-check';
import { attack, expectNoFailure, type Attack } from './attack.js';
import { rawClient } from './http-request.js';
import { anyText } from './hostile-values.js';
import type { Target } from './target.js';

interface Part {
  readonly head: string;
  readonly value: Buffer;
  /** Set where the part is a whole and right text field. */
  readonly content?: string;
}

/** Forms of messages, whole and broken. */
export function formAttacks(target: Target): Attack[] {
  const client = rawClient(target.port);
  return [
    attack({
      name: 'multipart forms',
      weight: 20,
      inputs: fc.record({
        parts: fc.array(anyPart, { maxLength: 4 }),
        declared: fc.constantFrom('b', 'b', 'b', 'b', '"b"', 'c', '', 'b; charset=utf-16', 'b'.repeat(80)),
        damage: fc.oneof({ weight: 3, arbitrary: fc.constant(null) }, { weight: 1, arbitrary: damages }),
      }),
      async send({ parts, declared, damage }) {
        const whole = formOf(parts);
        const answer = await client.send({
          method: 'POST',
          path: `/api/chats/${target.chatId}/messages`,
          headers: {
            authorization: `Bearer ${target.token}`,
            'content-type': `multipart/form-data; boundary=${declared}`,
          },
          body: damage === null ? whole : damaged(whole, damage),
        });
        expectNoFailure(answer.status, answer.body);
        if (answer.status === 201) noteSent(target, damage === null ? parts : undefined, answer.body);
      },
      close: () => client.close(),
    }),
  ];
}

function noteSent(target: Target, parts: readonly Part[] | undefined, answered: string): void {
  const { id, content } = JSON.parse(answered) as { id: number; content: string };
  // Beside other parts, or with a boundary in its text, it may be another form than it looks.
  const [only, ...others] = parts ?? [];
  const sent = others.length > 0 || only?.value.includes('--b') ? undefined : only?.content;
  if (sent !== undefined && sent !== content) {
    throw new Error(`${JSON.stringify(sent)} was answered as ${JSON.stringify(content)}`);
  }
  target.expectBack(id, content);
}

const contentPart: fc.Arbitrary<Part> = anyText.map((content) => ({
  head: 'Content-Disposition: form-data; name="content"',
  value: Buffer.from(content),
  // A lone surrogate has no UTF-8: what is sent then is another text.
  ...(content.isWellFormed() ? { content } : {}),
}));

const oddPart: fc.Arbitrary<Part> = fc.record({
  head: fc.oneof(
    fc.constantFrom(
      ...[
        '',
        'Content-Disposition: form-data',
        'Content-Disposition: form-data; name=',
        'Content-Disposition: x; name="content"',
      ],
      ...[
        '__proto__',
        'constructor[prototype][x]',
        'content[]',
        'content[0]',
        'a'.repeat(200),
        'imageUrls',
        'clientMessageId',
      ].map((name) => `Content-Disposition: form-data; name="${name}"`),
      ...['x.jpg', '../../x', '', '\0', '"', 'a'.repeat(5_000), "x'; DROP"].map(
        (name) => `Content-Disposition: form-data; name="images"; filename="${name}"\r\nContent-Type: image/jpeg`,
      ),
      ...['avatar', 'content', '__proto__'].map(
        (name) => `Content-Disposition: form-data; name="${name}"; filename="x"`,
      ),
      ...['utf-16le', 'latin1', 'x', '', 'utf-7'].map(
        (charset) => `Content-Disposition: form-data; name="content"\r\nContent-Type: text/plain; charset=${charset}`,
      ),
      "Content-Disposition: form-data; name*=utf-8''content",
      'Content-Disposition: form-data; name="content"\r\nContent-Transfer-Encoding: base64',
      `${'X-Header: y\r\n'.repeat(30)}Content-Disposition: form-data; name="content"`,
      `X-Header: ${'y'.repeat(20_000)}`,
    ),
    fc.string({ unit: 'binary', maxLength: 30 }),
  ),
  value: fc.oneof(
    fc.uint8Array({ maxLength: 50 }).map((bytes) => Buffer.from(bytes)),
    anyText.map((text) => Buffer.from(text)),
    fc.constantFrom(
      Buffer.from([0xff, 0xd8, 0xff, 0xe0, 0, 16]),
      Buffer.from('GIF89a'),
      Buffer.from('--b--'),
      Buffer.from('--b'),
    ),
  ),
});

const anyPart = fc.oneof({ weight: 2, arbitrary: contentPart }, { weight: 1, arbitrary: oddPart });

function formOf(parts: readonly Part[]): Buffer {
  const written = parts.flatMap(({ head, value }) => [
    Buffer.from(`--b\r\n${head}\r\n\r\n`),
    value,
    Buffer.from('\r\n'),
  ]);
  return Buffer.concat([...written, Buffer.from('--b--\r\n')]);
}

interface Damage {
  readonly how: 'cut' | 'change' | 'double';
  readonly at: number;
  readonly byte: number;
}

const damages: fc.Arbitrary<Damage> = fc.record({
  how: fc.constantFrom('cut', 'change', 'double'),
  at: fc.nat(),
  byte: fc.nat(255),
});

function damaged(whole: Buffer, { how, at, byte }: Damage): Buffer {
  const place = at % whole.length;
  if (how === 'cut') return whole.subarray(0, place);
  if (how === 'double') return Buffer.concat([whole, whole.subarray(place)]);
  const changed = Buffer.from(whole);
  changed[place] = byte;
  return changed;
}
