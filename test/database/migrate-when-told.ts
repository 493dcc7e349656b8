import { once } from 'node:events';
import { createChatModule, django } from '../../lib/index.js';

// Run by a test in several processes at once: says that it is ready, migrates when it is told to, and says what it ran.
const [url, schema] = process.argv.slice(2);
if (url === undefined || schema === undefined) throw new Error('give the url of a database, and a schema');

const chat = createChatModule({
  database: { url, schema },
  auth: { issuers: [django({ secret: 'a secret of forty characters for the test' })] },
  directory: {
    findPeople: () => Promise.resolve([]),
    findAssignedDentist: () => Promise.resolve(null),
    findByLogin: () => Promise.resolve(null),
  },
});
process.stdout.write('ready\n');
await once(process.stdin, 'data');
process.stdout.write(JSON.stringify(await chat.migrate()));
process.stdin.destroy();
