import { expect } from 'chai';
import { z } from 'zod';
import { defineEvent, definePlugin, defineRoute } from '../../lib/index.js';
import { startChatHost, type ChatHost } from '../support/chat-host.js';

const note = z.object({ text: z.string() }).meta({ id: 'Note' });

const notes = definePlugin({
  name: 'notes',
  version: '1.0.0',
  routes: [
    defineRoute({
      method: 'GET',
      path: '/api/notes/:noteId',
      params: z.object({ noteId: z.string() }),
      answers: { 200: { description: 'The note', body: note } },
      errors: ['chat_closed'],
      handle: () => ({ body: { text: 'Call back' } }),
    }),
    defineRoute({ method: 'GET', path: '/api/notes', handle: () => ({ body: [] }) }),
  ],
  events: [
    defineEvent({ event: 'notes:add', input: note, ack: z.object({ count: z.int() }), handle: () => ({ count: 1 }) }),
    defineEvent({ event: 'notes:untold', handle: () => undefined }),
  ],
});

interface Operation {
  readonly operationId: string;
  readonly responses: Readonly<Record<string, unknown>>;
}

describe('the contracts of a service', () => {
  let host: ChatHost | undefined;
  afterEach(() => host?.close());

  const statusOf = async (path: string): Promise<number | undefined> => (await host?.as(null).get(path))?.status;

  it('have what plugins declare the answers of, and nothing else of theirs', async () => {
    host = await startChatHost({ plugins: [notes] });
    const rest = await host.as(null).get<{ paths: Record<string, { get?: Operation }> }>('/api/contracts/openapi.json');
    const operation = rest.body.paths['/api/notes/{noteId}']?.get;
    expect(operation?.operationId).to.equal('getApiNotesNoteId');
    expect(operation?.responses).to.include.keys('200', '400', '401', '409', '500');
    expect(JSON.stringify(operation?.responses['200'])).to.include('#/components/schemas/Note');
    expect(rest.body.paths).not.to.have.property('/api/notes');

    const live = await host.as(null).get('/api/contracts/asyncapi.json');
    expect(JSON.stringify(live.body)).to.include('"notes:add"').and.not.to.include('notes:untold');
  });

  it('are where the host wants them, and name its own paths', async () => {
    host = await startChatHost({
      http: { basePath: '/clinic', contractsPath: '/about' },
      realtime: { path: '/clinic/live' },
    });
    const { body } = await host.as(null).get<{ servers: unknown }>('/clinic/about/openapi.json');
    expect(body.servers).to.deep.equal([{ url: '/clinic' }]);
    const live = await host.as(null).get<{ servers: { service: unknown } }>('/clinic/about/asyncapi.json');
    expect(live.body.servers.service).to.include({ pathname: '/clinic/live/' });
  });

  it('are not served where the host does not want them', async () => {
    host = await startChatHost({ http: { contractsPath: false } });
    expect(await statusOf('/api/contracts/openapi.json')).to.equal(404);
  });

  it('are not served in production, unless the host says so', async () => {
    const before = process.env['NODE_ENV'];
    process.env['NODE_ENV'] = 'production';
    try {
      host = await startChatHost();
      expect(await statusOf('/api/contracts/openapi.json')).to.equal(404);
      await host.close();
      host = await startChatHost({ http: { contractsPath: '/api/contracts' } });
      expect(await statusOf('/api/contracts/asyncapi.json')).to.equal(200);
    } finally {
      if (before === undefined) delete process.env['NODE_ENV'];
      else process.env['NODE_ENV'] = before;
    }
  });
});
