import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { expect } from 'chai';
import { createTestDatabase } from '../support/postgres.js';
import type { TestDatabase } from '../support/postgres.js';
import { makeFolder } from '../support/run-folder.js';

const lives = 50;

describe('many lives of a module in one process', () => {
  let database: TestDatabase;
  before(async () => {
    database = await createTestDatabase();
  });
  after(() => database.drop());

  it('leave nothing that grows, and nothing that keeps the process', async function () {
    this.timeout(120_000);
    const script = join(import.meta.dirname, 'many-lives.ts');
    const options = ['--expose-gc', '--import', 'tsx/esm'];
    const values = [database.url, String(lives), await makeFolder('pictures')];
    const child = spawn(process.execPath, [...options, script, ...values], { stdio: ['ignore', 'pipe', 'inherit'] });
    const [said, exit] = await Promise.all([text(child.stdout), once(child, 'exit')]);
    expect(exit).to.deep.equal([0, null]);
    const [before, ...rounds] = said.trim().split('\n');
    expect(rounds).to.deep.equal(Array.from({ length: lives }, () => before));
    const connections = await database.query(
      "SELECT query FROM pg_stat_activity WHERE application_name = 'koa-chat-module' AND datname = current_database()",
    );
    expect(connections).to.deep.equal([]);
  });
});
