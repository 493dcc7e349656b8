import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import pg from 'pg';
import { isRunning } from '../../host-example/embedded-postgres/process-table.js';
import { startEmbeddedPostgres } from '../../host-example/embedded-postgres/start.js';
import { makeFolder } from '../support/run-folder.js';

describe('embedded PostgreSQL', () => {
  it('keeps what was written over a restart', async () => {
    const dataDir = await makeFolder('restart');
    const first = await startEmbeddedPostgres({ dataDir });
    await query(first.url, 'CREATE TABLE kept AS SELECT 42 AS answer');
    await first.stop();

    const second = await startEmbeddedPostgres({ dataDir });
    try {
      expect(await query(second.url, 'SELECT answer FROM kept')).to.deep.equal([{ answer: 42 }]);
    } finally {
      await second.stop();
    }
  });

  it('lets nobody in without the password', async () => {
    const server = await startEmbeddedPostgres({ dataDir: await makeFolder('password') });
    try {
      const url = new URL(server.url);
      url.password = 'guessed';
      const outcome = await query(url.href, 'SELECT 1').catch((error: unknown) => error);
      expect(outcome).to.be.an('error').with.property('message').that.includes('password authentication failed');
    } finally {
      await server.stop();
    }
  });

  it('refuses a folder that a living process uses', async () => {
    const dataDir = await makeFolder('in-use');
    const server = await startEmbeddedPostgres({ dataDir });
    try {
      const outcome = await startEmbeddedPostgres({ dataDir }).catch((error: unknown) => error);
      expect(outcome)
        .to.be.an('error')
        .with.property('message')
        .that.matches(/^embedded PostgreSQL: process \d+ is already using/);
      expect(await query(server.url, 'SELECT 1 AS one')).to.deep.equal([{ one: 1 }]);
    } finally {
      await server.stop();
    }
  });

  it('stops the server that a killed process left behind, and takes its place', async () => {
    const dataDir = await makeFolder('orphan');
    const starter = spawn(
      process.execPath,
      ['--import', 'tsx/esm', join(import.meta.dirname, '../support/start-and-wait.ts'), dataDir],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    );
    await once(starter.stdout, 'data');
    starter.kill('SIGKILL');
    await once(starter, 'exit');
    const orphan = Number((await readFile(join(dataDir, 'cluster', 'postmaster.pid'), 'utf8')).split('\n')[0]);
    expect(await isRunning(orphan)).to.equal(true);

    const server = await startEmbeddedPostgres({ dataDir });
    try {
      expect(await isRunning(orphan)).to.equal(false);
      expect(await query(server.url, 'SELECT 1 AS one')).to.deep.equal([{ one: 1 }]);
    } finally {
      await server.stop();
    }
  });
});

async function query(url: string, sql: string): Promise<unknown[]> {
  const client = new pg.Client(url);
  await client.connect();
  try {
    return (await client.query(sql)).rows as unknown[];
  } finally {
    await client.end();
  }
}
