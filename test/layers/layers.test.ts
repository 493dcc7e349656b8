import { expect } from 'chai';
import { layers } from './layers.js';
import { importsOf } from './read-imports.js';

/** One import for each layer that breaks it, and the nearest one that does not. */
const planted: readonly { from: string; bad: string; good: string }[] = [
  { from: 'lib/chats/chats.ts', bad: "import { asValue } from 'awilix';", good: "import { z } from 'zod';" },
  {
    from: 'lib/chat-module.ts',
    bad: "import type { Cradle } from './container.js';",
    good: "import { startRun } from './run.js';",
  },
  {
    from: 'lib/plugins/plugin.ts',
    bad: "import { createChatModule } from '../chat-module.js';",
    good: "import type { ChatModule } from '../chat-module.js';",
  },
  {
    from: 'lib/messages/send-message.ts',
    bad: "import { chatError } from '../index.js';",
    good: "import { chatError } from '../errors.js';",
  },
  {
    from: 'lib/plugins/rate-limit/rate-limit.ts',
    bad: "import type { Hooks } from '../hooks.js';",
    good: "import { takeToken } from './token-bucket.js'; import { chatError } from '../../index.js';",
  },
  {
    from: 'host-example/main.ts',
    bad: "import { createChats } from '../lib/chats/chats.js';",
    good: "import { createChatModule } from '../lib/index.js'; import { createChatClient } from '../lib/client/index.js';",
  },
  {
    from: 'lib/client/rest.ts',
    bad: "import { errorCatalogue } from '../errors.js';",
    good: "import type { WireError } from '../wire.js'; import { io } from 'socket.io-client';",
  },
  {
    from: 'lib/doors/broadcast.ts',
    bad: "import { createStore } from '../client/store.js';",
    good: "import type { NewMessage } from '../wire.js';",
  },
  {
    from: 'lib/wire.ts',
    bad: "import type { Chat } from './chats/chat.js';",
    good: "import type { PersonRef } from './auth/actor.js';",
  },
  {
    from: 'lib/chat-module.ts',
    bad: "const demo = await import('../host-example/main.js');",
    good: "const run = await import('./run.js');",
  },
  {
    from: 'lib/messages/send-message.ts',
    bad: "import type { ChatModel } from '../chats/chat-model.js';",
    good: "import { MessageModel } from './message-model.js';",
  },
  {
    from: 'lib/doors/socket-door.ts',
    bad: "import { createSendMessage } from '../messages/send-message.js';",
    good: "import { messageEvents } from '../messages/message-events.js'; import type { Chats } from '../chats/chats.js';",
  },
  {
    from: 'lib/doors/http-door.ts',
    bad: "import { Sequelize } from 'sequelize';",
    good: "import Router from '@koa/router';",
  },
  {
    from: 'lib/messages/mark-read.ts',
    bad: "import { createChats } from '../chats/chats.js';",
    good: "import type { Chats } from '../chats/chats.js'; import { chatIdInput } from '../chats/chat-input.js';",
  },
  {
    from: 'lib/chats/chat.ts',
    bad: "import type { Message } from '../messages/message.js';",
    good: "import type { Person } from '../directory/directory.js';",
  },
  {
    from: 'lib/presence/presence.ts',
    bad: "export type { Handshake } from '../doors/handshake.js';",
    good: "import type { Actor } from '../auth/actor.js';",
  },
  { from: 'lib/chats/chats.ts', bad: "type Ctx = import('koa').Context;", good: "import { Op } from 'sequelize';" },
  {
    from: 'lib/images/stores/disk/disk-image-store.ts',
    bad: "import type { Images } from '../../images.js';",
    good: "import type { ImageStore } from '../../image-store.js';",
  },
];

describe('layers', () => {
  for (const [index, { says, isBroken }] of layers.entries()) {
    it(`holds that ${says}`, () => {
      const plant = planted[index];
      if (plant === undefined) expect.fail('plant an import that breaks it');
      expect(importsOf(plant.from, plant.bad).some(isBroken), plant.bad).to.equal(true);
      const good = importsOf(plant.from, plant.good);
      expect(good, plant.good).not.to.deep.equal([]);
      expect(layers.filter((layer) => good.some(layer.isBroken))).to.deep.equal([]);
    });
  }

  it('sees imports in all their forms', () => {
    const text = `
      import 'side-effect';
      import type { A } from 'a';
      import { type B } from 'b';
      import C, { type D } from '@scope/c/deep';
      export * from './e.js';
      const f = await import('../f.js');
      type G = import('g').G;
      // import { no } from 'comment';`;
    expect(importsOf('lib/room/file.ts', text).map(({ to, isType }) => [to, isType])).to.deep.equal([
      ['side-effect', false],
      ['a', true],
      ['b', true],
      ['@scope/c', false],
      ['lib/room/e.ts', false],
      ['lib/f.ts', false],
      ['g', true],
    ]);
  });
});
