import { startEmbeddedPostgres } from '../../host-example/embedded-postgres/start.js';

// Run by a test in a process of its own, to be killed: starts a server in the folder given, says so, and stays.
const [dataDir] = process.argv.slice(2);
if (dataDir === undefined) throw new Error('give a data folder');
await startEmbeddedPostgres({ dataDir, fsync: false });
process.stdout.write('started\n');
setInterval(() => undefined, 60_000);
