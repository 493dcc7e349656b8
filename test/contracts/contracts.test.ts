import { readFile } from 'node:fs/promises';
import { Parser } from '@asyncapi/parser';
import { Validator } from '@seriousme/openapi-schema-validator';
import { expect } from 'chai';
import { errorCatalogue } from '../../lib/index.js';
import { exampleFaults, type Document } from '../support/contracts.js';
import { freshContracts } from './fresh-contracts.js';

const folder = new URL('../../lib/contracts/', import.meta.url);
const names = ['openapi.json', 'asyncapi.json'];

describe('the contracts', () => {
  let fresh: ReadonlyMap<string, unknown>;
  const committed = new Map<string, Document>();

  before(async () => {
    fresh = await freshContracts();
    for (const name of names)
      committed.set(name, JSON.parse(await readFile(new URL(name, folder), 'utf8')) as Document);
  });

  for (const name of names) {
    it(`are in the package as the module serves them: ${name} (or run: npm run contracts)`, () => {
      expect(committed.get(name)).to.deep.equal(fresh.get(name));
    });

    it(`have examples that are true: ${name}`, () => {
      expect(exampleFaults(name)).to.deep.equal([]);
    });
  }

  it('are OpenAPI 3.1', async () => {
    const validator = new Validator();
    const { valid, errors } = await validator.validate(fresh.get('openapi.json') as Record<string, unknown>);
    expect({ valid, errors, version: validator.version }).to.deep.equal({
      valid: true,
      errors: undefined,
      version: '3.1',
    });
  });

  it('are AsyncAPI 3', async () => {
    const { document, diagnostics } = await new Parser().parse(JSON.stringify(fresh.get('asyncapi.json')));
    // That there is a newer version of the format is no fault of the document.
    const faults = diagnostics.filter(({ code }) => code !== 'asyncapi-latest-version');
    expect(faults.map(({ message, path }) => `${path.join('.')}: ${message}`)).to.deep.equal([]);
    expect(document?.version()).to.equal('3.0.0');
  });

  it('tell of every call of the API document', () => {
    const { paths = {} } = committed.get('openapi.json') ?? {};
    const calls = Object.entries(paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
    );
    expect(calls).to.include.members([
      'GET /api/chats',
      'GET /api/chats/{chatId}',
      'POST /api/chats/start',
      'GET /api/chats/{chatId}/messages',
      'POST /api/chats/{chatId}/messages',
      'POST /api/chats/{chatId}/messages/{messageId}/read',
      'GET /health',
    ]);
  });

  it('tell of every event of the API document, and of who sends it', () => {
    const { channels = {}, operations = {} } = committed.get('asyncapi.json') ?? {};
    const of = (action: string): string[] =>
      Object.values(operations)
        .filter((operation) => operation.action === action)
        .flatMap(({ messages }) => messages.map(({ $ref }) => $ref.split('/').at(-1) ?? ''))
        .map((key) => channels['events']?.messages[key]?.name ?? '');
    expect(of('receive')).to.include.members(['message:send', 'message:read', 'typing:start', 'typing:stop']);
    expect(of('send')).to.include.members([
      'connected',
      'message:new',
      'typing:indicator',
      'user:online',
      'user:offline',
      'message:read_receipt',
    ]);
  });

  it('tell of every error that a client can get, and where', () => {
    // Not in `chat:error`, which names them all.
    const text = JSON.stringify([committed.get('openapi.json'), committed.get('asyncapi.json')?.channels]);
    const untold = Object.keys(errorCatalogue).filter((code) => !text.includes(`"${code}"`));
    // Only the host's own code can be too early.
    expect(untold).to.deep.equal(['not_started']);
  });
});
