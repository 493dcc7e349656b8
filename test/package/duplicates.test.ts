import { expect } from 'chai';
import { duplicatesIn } from './duplicates.js';

const uuid8 = { version: '8.0.0' };
const uuid9 = { version: '9.0.0' };

describe('the check for duplicate packages', () => {
  it('finds a package that is there at two versions, and who brings each', () => {
    const tree = { dependencies: { uuid: uuid8, sequelize: { version: '6.0.0', dependencies: { uuid: uuid9 } } } };
    const found = [...duplicatesIn(tree, [])].map(([name, versions]) => [name, [...versions]]);
    expect(found).to.deep.equal([
      [
        'uuid',
        [
          ['8.0.0', 'koa-chat-module'],
          ['9.0.0', 'koa-chat-module > sequelize'],
        ],
      ],
    ]);
  });

  it('lets the same version come by two ways', () => {
    const tree = { dependencies: { uuid: uuid8, sequelize: { version: '6.0.0', dependencies: { uuid: uuid8 } } } };
    expect([...duplicatesIn(tree, [])]).to.deep.equal([]);
  });

  it('leaves to the host what comes with a package of the host', () => {
    const tree = { dependencies: { uuid: uuid8, koa: { version: '3.0.0', dependencies: { uuid: uuid9 } } } };
    expect([...duplicatesIn(tree, ['koa'])]).to.deep.equal([]);
  });
});
