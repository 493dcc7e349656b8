import { expect } from 'chai';
import { createTestDatabase } from './postgres.js';

describe('a test database', () => {
  it("is the test's own", async () => {
    const [one, two] = await Promise.all([createTestDatabase(), createTestDatabase()]);
    try {
      await one.query('CREATE TABLE marks (n int)');
      expect(await one.query("SELECT to_regclass('marks') IS NOT NULL AS there")).to.deep.equal([{ there: true }]);
      expect(await two.query("SELECT to_regclass('marks') IS NOT NULL AS there")).to.deep.equal([{ there: false }]);
    } finally {
      await Promise.all([one.drop(), two.drop()]);
    }
  });
});
