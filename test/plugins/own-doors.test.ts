import { Readable } from 'node:stream';
import { expect } from 'chai';
import { z } from 'zod';
import { chatError, defineEvent, definePlugin, defineRoute } from '../../lib/index.js';
import { startChatHost, type ChatHost } from '../support/chat-host.js';
import { people } from '../support/host-tables.js';
import { nextEvent } from '../support/socket-client.js';

const notes = definePlugin({
  name: 'notes',
  version: '1.0.0',
  migrations: [
    { name: '0001-notes', sql: 'CREATE TABLE notes (id serial PRIMARY KEY, owner text, text text NOT NULL)' },
  ],
  routes: [
    defineRoute({
      method: 'PUT',
      path: '/api/notes/:id',
      params: z.object({ id: z.coerce.number().int().positive() }),
      query: z.object({ loud: z.enum(['yes', 'no']).default('no') }),
      body: z.object({ text: z.string('must be a string').max(20, 'must be at most 20 characters long') }),
      handle: ({ actor, params, query, body }) => ({
        status: 202,
        headers: { 'X-Notes': 'kept' },
        body: { owner: `${actor.type} ${actor.id}`, id: params.id, loud: query.loud, text: body.text },
      }),
    }),
    defineRoute({ method: 'GET', path: '/api/notes/open', auth: 'none', handle: () => ({ body: { open: true } }) }),
    defineRoute({
      method: 'GET',
      path: '/api/notes/nobody',
      auth: 'none',
      handle: ({ actor }) => ({ body: { actor } }),
    }),
    defineRoute({ method: 'DELETE', path: '/api/notes/:id', handle: () => ({}) }),
    defineRoute({ method: 'GET', path: '/api/notes/text', handle: () => ({ body: Readable.from(['a', 'b']) }) }),
    defineRoute({
      method: 'GET',
      path: '/api/notes/throws/:how',
      params: z.object({ how: z.string() }),
      handle: ({ params }) => {
        if (params.how === 'refusal') throw chatError('refused', { details: { why: 'no' } });
        if (params.how === 'later') return Promise.reject(new Error('the notes are lost: SELECT secret'));
        throw new Error('the notes are lost: SELECT secret');
      },
    }),
    defineRoute({
      method: 'POST',
      path: '/api/notes/raw',
      bodyKind: 'none',
      handle: async ({ ctx }) => {
        let bytes = 0;
        for await (const chunk of ctx.req as AsyncIterable<Buffer>) bytes += chunk.length;
        return { body: { bytes } };
      },
    }),
    ...(['actor', 'none'] as const).map((auth) =>
      defineRoute({
        method: 'POST',
        path: `/api/notes/form/${auth}`,
        auth,
        bodyKind: 'form',
        body: z.object({ text: z.string('must be a string') }),
        handle: ({ body, files }) => ({ body: { text: body.text, files: files.map(({ bytes }) => bytes) } }),
      }),
    ),
    defineRoute({
      method: 'PATCH',
      path: '/api/notes/middleware',
      middleware: [
        async (ctx, next) => {
          ctx.set('X-Before', 'yes');
          await next();
        },
      ],
      handle: () => ({ status: 201 }),
    }),
  ],
  events: [
    defineEvent({
      event: 'notes:add',
      input: z.object({ text: z.string('must be a string') }),
      handle: ({ actor, input, source }) => ({
        owner: `${actor.type} ${actor.id}`,
        text: input.text,
        same: source.actor.id === actor.id && source.socketId.length > 0,
      }),
    }),
    defineEvent({ event: 'notes:nothing', handle: () => undefined }),
    defineEvent({
      event: 'notes:throws',
      input: z.object({ how: z.string() }),
      handle: ({ input }) => {
        if (input.how === 'refusal') throw chatError('refused');
        return Promise.reject(new Error('the notes are lost'));
      },
    }),
  ],
});

describe("a plugin's own", () => {
  const { john, smith } = people;
  let host: ChatHost;
  before(async () => {
    host = await startChatHost({ plugins: [notes], http: { basePath: '/v1' } });
  });
  after(() => host.close());

  const code = (body: unknown): unknown => (body as { error?: { code?: unknown } } | undefined)?.error?.code;

  describe('routes', () => {
    it('are given the actor and what the schemas made of the request, below the base path', async () => {
      const answer = await host.as(john).request('/v1/api/notes/7?loud=yes', {
        method: 'PUT',
        headers: { 'Content-Type': 'application/json' },
        body: '{"text":"brush","more":1}',
      });
      expect(answer.status).to.equal(202);
      expect(answer.headers.get('X-Notes')).to.equal('kept');
      expect(answer.headers.get('Cache-Control')).to.equal('no-store');
      expect(answer.body).to.deep.equal({ owner: `customer ${john.id}`, id: 7, loud: 'yes', text: 'brush' });
    });

    it('read a form with its files, and JSON in its place', async () => {
      const form = new FormData();
      form.set('text', 'look');
      form.append('images', new Blob(['twelve bytes']), 'a.txt');
      for (const [caller, path] of [
        [john, '/v1/api/notes/form/actor'],
        [null, '/v1/api/notes/form/none'],
      ] as const) {
        const ofForm = await host.as(caller).postForm(path, form);
        expect([ofForm.status, ofForm.body], path).to.deep.equal([200, { text: 'look', files: [12] }]);
        const ofJson = await host.as(caller).post(path, { text: 'read' });
        expect([ofJson.status, ofJson.body], path).to.deep.equal([200, { text: 'read', files: [] }]);
      }
    });

    it('are spared what does not fit their schemas', async () => {
      const put = (path: string, body: string, type = 'application/json') =>
        host.as(john).request(path, { method: 'PUT', headers: { 'Content-Type': type }, body });
      const wrong: [string, ReturnType<typeof put>, number, string][] = [
        ['a parameter', put('/v1/api/notes/x', '{"text":"a"}'), 400, 'invalid_request'],
        ['a query', put('/v1/api/notes/7?loud=maybe', '{"text":"a"}'), 400, 'invalid_request'],
        ['a query twice', put('/v1/api/notes/7?loud=yes&loud=no', '{"text":"a"}'), 400, 'invalid_request'],
        ['a body', put('/v1/api/notes/7', '{"text":7}'), 400, 'invalid_request'],
        ['a long body', put('/v1/api/notes/7', `{"text":"${'a'.repeat(21)}"}`), 400, 'invalid_request'],
        ['half a body', put('/v1/api/notes/7', '{"text":'), 400, 'invalid_json'],
        [
          'a body too large',
          put('/v1/api/notes/7', JSON.stringify({ text: 'a'.repeat(300_000) })),
          413,
          'body_too_large',
        ],
        ['another type', put('/v1/api/notes/7', 'text=a', 'text/plain'), 415, 'unsupported_content_type'],
      ];
      for (const [what, request, status, expected] of wrong) {
        const answer = await request;
        expect([answer.status, code(answer.body)], what).to.deep.equal([status, expected]);
      }
    });

    it('want a token unless they say that they do not', async () => {
      expect((await host.as(null).request('/v1/api/notes/7', { method: 'DELETE' })).status).to.equal(401);
      expect((await host.as(null).get('/v1/api/notes/open')).body).to.deep.equal({ open: true });
      const nobody = await host.as(john).get('/v1/api/notes/nobody');
      expect([nobody.status, code(nobody.body)]).to.deep.equal([500, 'internal_error']);
      expect(host.log.lines.at(-1)?.fields['err']).to.have.property('message', 'a route with auth "none" has no actor');
    });

    it('answer with a body, a stream, a status alone, or nothing', async () => {
      const nothing = await host.as(john).request('/v1/api/notes/7', { method: 'DELETE' });
      expect([nothing.status, nothing.body]).to.deep.equal([204, undefined]);
      expect((await host.as(john).get('/v1/api/notes/text')).body).to.equal('ab');
      const patched = await host.as(john).request('/v1/api/notes/middleware', { method: 'PATCH' });
      expect(patched.status).to.equal(201);
      expect(patched.headers.get('X-Before')).to.equal('yes');
    });

    it('may read the body themselves', async () => {
      const answer = await host.as(john).request('/v1/api/notes/raw', { method: 'POST', body: 'x'.repeat(5_000) });
      expect(answer.body).to.deep.equal({ bytes: 5_000 });
    });

    it('refuse in the words of the catalogue, and fail alone without a word too many', async () => {
      const refused = await host.as(john).get('/v1/api/notes/throws/refusal');
      expect(refused.status).to.equal(403);
      expect(refused.body).to.deep.equal({
        error: { code: 'refused', message: 'The request was refused', details: { why: 'no' } },
      });
      for (const how of ['at-once', 'later']) {
        const failed = await host.as(john).get(`/v1/api/notes/throws/${how}`);
        expect(failed.status).to.equal(500);
        expect(failed.body).to.deep.equal({ error: { code: 'internal_error', message: 'Internal error' } });
        expect(host.log.lines.at(-1)).to.deep.include({ level: 'error', message: 'a request failed' });
        expect(host.log.lines.at(-1)?.fields).to.include({ operation: 'GET /api/notes/throws/:how' });
      }
      expect((await host.as(john).get('/v1/health')).status).to.equal(200);
    });
  });

  describe('socket events', () => {
    it('are given the actor and the parsed input, and what they return is the ack', async () => {
      const socket = await host.connect(smith);
      expect(await socket.emitWithAck('notes:add', { text: 'brush' })).to.deep.equal({
        ok: true,
        owner: `dentist ${smith.id}`,
        text: 'brush',
        same: true,
      });
      expect(await socket.emitWithAck('notes:nothing')).to.deep.equal({ ok: true });
    });

    it('are refused and fail as those of the module are, with an ack or without', async () => {
      const socket = await host.connect(smith);
      expect(await socket.emitWithAck('notes:add', { text: 7 })).to.have.nested.property(
        'error.code',
        'invalid_request',
      );
      expect(await socket.emitWithAck('notes:add')).to.have.nested.property('error.code', 'invalid_request');
      expect(await socket.emitWithAck('notes:throws', { how: 'refusal' })).to.deep.equal({
        ok: false,
        error: { code: 'refused', message: 'The request was refused' },
      });
      socket.emit('notes:throws', { how: 'later' });
      expect(await nextEvent(socket, 'chat:error')).to.deep.equal({
        event: 'notes:throws',
        error: { code: 'internal_error', message: 'Internal error' },
      });
      expect(host.log.lines.at(-1)?.fields).to.include({ door: 'socket', operation: 'notes:throws' });
      expect(await socket.emitWithAck('notes:unknown', {})).to.have.nested.property('error.code', 'invalid_request');
    });
  });
});
