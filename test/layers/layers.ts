import type { ModuleImport } from './read-imports.js';

/** A sentence of the architecture that an import can break. */
export interface Layer {
  readonly says: string;
  /** Paths are from the project's root (`lib/chats/chats.ts`); packages go by their names. */
  isBroken(found: ModuleImport): boolean;
}

const rooms = ['chats', 'messages', 'images', 'presence'];

/** What a room's things are, for others to talk about: no operation, no I/O. */
const words = [
  'lib/chats/chat.ts',
  'lib/messages/message.ts',
  'lib/images/image.ts',
  'lib/presence/presence-change.ts',
];

/** What the package exports. */
const entries = ['lib/index.ts', 'lib/client/index.ts', 'lib/client/react.ts'];

/** Who may know whom in `lib`. An import is checked against every one of these. */
export const layers: readonly Layer[] = [
  {
    says: 'awilix is known to lib/container.ts alone',
    isBroken: ({ from, to }) => to === 'awilix' && from !== 'lib/container.ts',
  },
  {
    says: 'the container is opened by lib/run.ts alone; others are handed what they need',
    isBroken: ({ from, to }) => to === 'lib/container.ts' && from !== 'lib/run.ts',
  },
  {
    says: 'lib/chat-module.ts is at the top: the entry knows it, and others its type at most',
    isBroken: ({ from, to, isType }) => to === 'lib/chat-module.ts' && from !== 'lib/index.ts' && !isType,
  },
  {
    says: 'lib/index.ts is for hosts and built-in plugins',
    isBroken: ({ from, to }) => to === 'lib/index.ts' && from.startsWith('lib/') && !isBuiltInPlugin(from),
  },
  {
    says: 'a built-in plugin knows the public entry alone, as any plugin',
    isBroken: ({ from, to }) =>
      isBuiltInPlugin(from) && to.startsWith('lib/') && to !== 'lib/index.ts' && folderOf(to) !== folderOf(from),
  },
  {
    says: 'a host knows the public entries alone',
    isBroken: ({ from, to }) => from.startsWith('host-example/') && to.startsWith('lib/') && !entries.includes(to),
  },
  {
    says: 'the client knows itself, the types of what travels, and socket.io-client; its hooks know React',
    isBroken: ({ from, to, isType }) =>
      from.startsWith('lib/client/') &&
      !to.startsWith('lib/client/') &&
      !(to === 'lib/wire.ts' && isType) &&
      to !== 'socket.io-client' &&
      !(to === 'react' && from === 'lib/client/react.ts'),
  },
  {
    says: 'the server does not know the client',
    isBroken: ({ from, to }) =>
      from.startsWith('lib/') && !from.startsWith('lib/client/') && to.startsWith('lib/client/'),
  },
  {
    says: 'lib/wire.ts is types, of nothing but words: a browser reads it',
    isBroken: ({ from, to, isType }) =>
      from === 'lib/wire.ts' && !(isType && ['lib/auth/actor.ts', 'lib/errors.ts'].includes(to)),
  },
  {
    says: 'the library knows neither the example nor the tests',
    isBroken: ({ from, to }) => from.startsWith('lib/') && /^(?:host-example|test|bench)\//.test(to),
  },
  {
    says: 'a model or a statement does not leave its room',
    isBroken: ({ from, to }) =>
      roomOf(to) !== undefined &&
      /-(?:model|statements)\.ts$/.test(to) &&
      roomOf(from) !== roomOf(to) &&
      !isWiring(from),
  },
  {
    says: "a door knows the rooms' routes, events, parsers and output, and how they show their things; of their operations, the types",
    isBroken: ({ from, to, isType }) =>
      folderOf(from) === 'lib/doors' &&
      roomOf(to) !== undefined &&
      !isType &&
      !words.includes(to) &&
      !/\/present-[a-z-]+\.ts$|-(?:routes|events|input|output|examples)\.ts$/.test(to),
  },
  {
    says: 'a door does not know the database',
    isBroken: ({ from, to, isType }) => folderOf(from) === 'lib/doors' && ['sequelize', 'pg'].includes(to) && !isType,
  },
  {
    says: 'a room knows of another the types, the words, the parsers and the output: its operations are handed in',
    isBroken: ({ from, to, isType }) =>
      roomOf(from) !== undefined &&
      roomOf(to) !== undefined &&
      roomOf(from) !== roomOf(to) &&
      !isType &&
      !words.includes(to) &&
      !/-(?:input|output)\.ts$/.test(to),
  },
  {
    says: 'chats know nothing of messages',
    isBroken: ({ from, to }) => roomOf(from) === 'chats' && roomOf(to) === 'messages',
  },
  {
    says: 'a room does not know the doors',
    isBroken: ({ from, to }) => roomOf(from) !== undefined && folderOf(to) === 'lib/doors',
  },
  {
    says: "Koa and Socket.IO are named in a room's *-routes and *-events alone",
    isBroken: ({ from, to }) =>
      roomOf(from) !== undefined &&
      /^(?:koa|@koa\/.*|koa-.*|multer|socket\.io|socket\.io-.*)$/.test(to) &&
      !/-(?:routes|events)\.ts$/.test(from),
  },
  {
    says: 'what stands below the rooms (auth, config, database, directory, errors, realtime, stores) knows none of them',
    isBroken: ({ from, to }) =>
      /^lib\/(?:auth|config|database|directory|realtime|errors\.ts|logger\.ts|images\/stores)/.test(from) &&
      roomOf(to) !== undefined,
  },
];

/** The room that a file belongs to. Interfaces that a host may implement, and the stores behind them, are no room's. */
function roomOf(path: string): string | undefined {
  if (path === 'lib/images/image-store.ts' || path.startsWith('lib/images/stores/')) return undefined;
  const folder = /^lib\/([a-z-]+)\//.exec(path)?.[1];
  return folder !== undefined && rooms.includes(folder) ? folder : undefined;
}

/** `lib/plugins/rate-limit/rate-limit.ts`: a folder of its own below `lib/plugins`. */
function isBuiltInPlugin(path: string): boolean {
  return /^lib\/plugins\/[^/]+\//.test(path);
}

/** What puts the parts together has to name each of them. */
function isWiring(path: string): boolean {
  return path === 'lib/container.ts';
}

function folderOf(path: string): string {
  return path.slice(0, path.lastIndexOf('/'));
}
