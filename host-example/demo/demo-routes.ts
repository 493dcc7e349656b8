import Router from '@koa/router';
import type { Context, Middleware } from 'koa';
import type { DemoKeys } from './demo-keys.js';
import type { NextMessageFails } from './next-message-fails.js';
import type { Page } from './page-bundle.js';
import { people } from './people.js';
import { jwks, jwksPath, mintToken } from './token-issuers.js';

export interface DemoRoutesNeeds {
  url: string;
  keys: DemoKeys;
  page: Page;
  faults: NextMessageFails;
}

/** What only the demo has: its page, its people, and tokens for whoever asks. */
export function demoRoutes({ url, keys, page, faults }: DemoRoutesNeeds): Middleware {
  const router = new Router();
  const findPerson = (key: string | undefined) => people.find((person) => person.key === key);

  router.get(jwksPath, (ctx) => {
    ctx.body = jwks(keys);
  });

  router.get('/demo/people', (ctx) => {
    ctx.body = { people: people.map(({ key, type, id, name, about }) => ({ key, type, id, name, about })) };
  });

  // In the place of two sign-ins: anybody gets a token of anybody.
  router.post('/demo/people/:person/token', (ctx) => {
    const person = findPerson(ctx.params['person']);
    if (person === undefined) return;
    ctx.set('Cache-Control', 'no-store');
    ctx.body = { token: mintToken(person, keys, url) };
  });

  router.post('/demo/people/:person/next-message-fails', (ctx) => {
    const person = findPerson(ctx.params['person']);
    if (person === undefined) return;
    faults.arm(person);
    ctx.status = 204;
  });

  const show = (ctx: Context, html: string): void => {
    ctx.set({
      'Content-Security-Policy': pagePolicy,
      'X-Content-Type-Options': 'nosniff',
      'Referrer-Policy': 'no-referrer',
      'Cache-Control': 'no-cache',
    });
    ctx.type = 'html';
    ctx.body = html;
  };
  router.get('/', (ctx) => show(ctx, page.html));
  router.get('/docs{/events}', (ctx) => show(ctx, page.docsHtml));

  router.get('/assets/:name', (ctx) => {
    const asset = page.assets.get(ctx.params['name'] ?? '');
    if (asset === undefined) return;
    ctx.set({ 'Cache-Control': 'no-cache', 'X-Content-Type-Options': 'nosniff' });
    ctx.etag = asset.etag;
    ctx.type = asset.type;
    ctx.status = 200;
    if (ctx.fresh) ctx.status = 304;
    else ctx.body = asset.body;
  });

  return router.routes() as Middleware;
}

/** Nothing from anywhere else. `ws:` is for browsers to whom 'self' does not mean the page's own socket. */
const pagePolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "font-src 'self'",
  "img-src 'self' blob: data:",
  "connect-src 'self' ws: wss:",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');
