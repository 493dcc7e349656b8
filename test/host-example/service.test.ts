import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { makeHostTables, people } from '../support/host-tables.js';
import { httpClient } from '../support/http-client.js';
import { createTestDatabase, type TestDatabase } from '../support/postgres.js';
import { makeFolder } from '../support/run-folder.js';
import { connectSocket, nextEvent } from '../support/socket-client.js';
import { startTestTokens, type TestTokens } from '../support/tokens.js';

const root = fileURLToPath(new URL('../../', import.meta.url));

/** The host as a process of its own, with just these settings. */
function run(settings: Record<string, string>, ...nodeOptions: readonly string[]) {
  const { PATH, HOME } = process.env;
  return spawn(process.execPath, ['--import', 'tsx/esm', ...nodeOptions, 'host-example/main.ts'], {
    cwd: root,
    env: { PATH, HOME, ...settings },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

/** A port that nobody may listen on without being root, and nobody does. */
const nowhere = 'postgres://chat@127.0.0.1:1/chat';

async function runToEnd(settings: Record<string, string>): Promise<{ code: unknown; lines: string[] }> {
  const child = run(settings);
  const [[code], stderr] = (await Promise.all([once(child, 'exit'), text(child.stderr)])) as [[unknown], string];
  return { code, lines: stderr.split('\n').filter((line) => line !== '') };
}

describe('the host example as a service', function () {
  this.timeout(30_000);
  let database: TestDatabase;
  let tokens: TestTokens;
  let settings: Record<string, string>;

  before(async () => {
    [database, tokens] = await Promise.all([createTestDatabase(), startTestTokens()]);
    settings = {
      PORT: '0',
      HOST: '127.0.0.1',
      DATABASE_URL: database.url,
      COGNITO_REGION: tokens.cognito.region,
      COGNITO_USER_POOL_ID: tokens.cognito.userPoolId,
      COGNITO_CLIENT_ID: tokens.cognito.clientId,
      COGNITO_JWKS_URI: tokens.cognito.jwksUri,
      DJANGO_SECRET_KEY: tokens.django.secret,
      IMAGES_DIR: await makeFolder('service-images'),
      CORS_ORIGINS: 'https://app.example.com',
    };
  });
  after(async () => {
    await tokens?.close();
    await database?.drop();
  });

  describe('running', () => {
    let child: ReturnType<typeof run>;
    let url: string;
    const said: string[] = [];

    before(async () => {
      await makeHostTables(database);
      // Every module that is loaded is named, so that one can see what is not.
      child = run(settings, '--import', `data:text/javascript,${encodeURIComponent(reportLoadedModules)}`);
      createInterface({ input: child.stderr }).on('line', (line) => said.push(line));
      url = await new Promise<string>((resolve, reject) => {
        createInterface({ input: child.stdout }).on('line', (line) => {
          const found = /^The chat service listens on (\S+)$/.exec(line)?.[1];
          if (found !== undefined) resolve(found);
        });
        child.once('exit', (code) => reject(new Error(`it ended with ${code}: ${said.join('\n')}`)));
      });
    });

    it('serves a customer with a Cognito token and a dentist with a Django token', async () => {
      const customer = tokens.cognitoAccess(people.john.login);
      const dentist = tokens.djangoAccess(Number(people.smith.login));
      const socket = await connectSocket(url, dentist);
      const started = await httpClient(url, customer).post<{ id: number }>('/api/chats/start');
      expect(started.status).to.equal(201);
      const sent = await httpClient(url, customer).post(`/api/chats/${started.body.id}/messages`, { content: 'Hello' });
      expect(sent.status).to.equal(201);
      expect(await nextEvent(socket, 'message:new')).to.include({ sessionId: started.body.id, content: 'Hello' });
      socket.disconnect();
    });

    it('has a route of its own beside the module', async () => {
      const { status, body } = await httpClient(url, undefined).get('/api/platform/dentists');
      expect(status).to.equal(200);
      expect(body).to.deep.equal({ dentists: [{ name: 'Dr. Lind' }, { name: 'Dr. Smith' }] });
    });

    it('answers pages of the configured origins, and no others', async () => {
      const allowed = await fetch(`${url}/health`, { headers: { Origin: 'https://app.example.com' } });
      expect(allowed.headers.get('Access-Control-Allow-Origin')).to.equal('https://app.example.com');
      const refused = await fetch(`${url}/health`, { headers: { Origin: 'https://evil.example' } });
      expect(refused.headers.get('Access-Control-Allow-Origin')).to.equal(null);
      const polling = `${url}/socket.io/?EIO=4&transport=polling`;
      const socket = await fetch(polling, { headers: { Origin: 'https://app.example.com' } });
      expect(socket.headers.get('Access-Control-Allow-Origin')).to.equal('https://app.example.com');
    });

    it('has nothing of the demo: no page, no people, no tokens, no keys', async () => {
      for (const path of [
        '/',
        '/assets/page.js',
        '/demo/people',
        '/demo/cognito/eu-central-1_FernhillDemo/.well-known/jwks.json',
      ]) {
        expect((await fetch(url + path)).status, path).to.equal(404);
      }
      for (const path of ['/demo/people/customer-1/token', '/demo/people/customer-1/next-message-fails']) {
        expect((await fetch(url + path, { method: 'POST' })).status, path).to.equal(404);
      }
    });

    it('ends in good order on SIGTERM, and has not even loaded the demo', async () => {
      const exited = once(child, 'exit');
      child.kill('SIGTERM');
      expect((await exited)[0]).to.equal(0);
      const loaded = said.filter((line) => line.startsWith('loaded ')).map((line) => line.replace('loaded ', ''));
      expect(loaded.some((file) => file.includes('/host-example/service/'))).to.equal(true);
      for (const part of [
        '/host-example/demo/',
        '/host-example/page/',
        '/host-example/embedded-postgres/',
        '/esbuild/lib/main',
      ]) {
        expect(
          loaded.filter((file) => file.includes(part) && !file.includes('node_modules/tsx')),
          part,
        ).to.deep.equal([]);
      }
    });
  });

  describe('that cannot start', () => {
    it('says each wrong setting in one line and ends with 1', async () => {
      const { code, lines } = await runToEnd({ ...settings, PORT: 'eighty', DJANGO_SECRET_KEY: 'short' });
      expect(code).to.equal(1);
      expect(lines).to.deep.equal([
        'PORT must be a whole number from 0 to 65535',
        'DJANGO_SECRET_KEY is too short: HS256 needs at least 32 bytes',
      ]);
    });

    it('says what the module has against a setting, before it looks for the database', async () => {
      const { code, lines } = await runToEnd({
        ...settings,
        COGNITO_REGION: 'Frankfurt am Main',
        DATABASE_URL: nowhere,
      });
      expect(code).to.equal(1);
      expect(lines).to.have.length(1);
      expect(lines[0]).to.match(/^cognito\.region: /);
    });

    it('says in one line that its database cannot be used', async () => {
      const { code, lines } = await runToEnd({ ...settings, DATABASE_URL: nowhere });
      expect(code).to.equal(1);
      expect(lines).to.have.length(1);
      expect(lines[0]).to.match(/^The database cannot be used: /);
    });

    it('says in one line that its port is taken', async () => {
      const taken = createServer().listen(0, '127.0.0.1');
      await once(taken, 'listening');
      const { port } = taken.address() as AddressInfo;
      const { code, lines } = await runToEnd({ ...settings, PORT: String(port) });
      taken.close();
      expect(code).to.equal(1);
      expect(lines).to.have.length(1);
      expect(lines[0]).to.match(new RegExp(`^PORT ${port} cannot be listened on: `));
    });

    it('says in one line that Redis cannot be reached', async () => {
      const { code, lines } = await runToEnd({ ...settings, REDIS_URL: 'redis://127.0.0.1:1' });
      expect(code).to.equal(1);
      expect(lines).to.deep.equal(['REDIS_URL: Redis cannot be reached there']);
    });
  });
});

/** Runs in the service's process: a hook of Node's module loader that tells each file it loads. */
const reportLoadedModules = `
  import { register } from 'node:module';
  register('data:text/javascript,' + encodeURIComponent(\`
    import { writeSync } from 'node:fs';
    export async function load(url, context, next) {
      writeSync(2, 'loaded ' + url + '\\\\n');
      return next(url, context);
    }
  \`));
`;
