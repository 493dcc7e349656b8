import { createChatModule, django } from '../../lib/index.js';

// The chat of a host, for `koa-chat migrate --module`: with a plugin, and with something that would keep the process.
setInterval(() => undefined, 60_000);

export default createChatModule({
  database: { url: process.env['HOST_DATABASE_URL'], schema: 'of_the_host' },
  auth: { issuers: [django({ secret: 'a secret of forty characters for the test' })] },
  directory: {
    findPeople: () => Promise.resolve([]),
    findAssignedDentist: () => Promise.resolve(null),
    findByLogin: () => Promise.resolve(null),
  },
  plugins: [{ name: 'audit', version: '1.0.0', migrations: [{ name: '0001-log', sql: 'CREATE TABLE log (n int)' }] }],
});
