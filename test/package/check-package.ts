import { execFileSync } from 'node:child_process';
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { formatMessage } from 'publint/utils';
import { publint } from 'publint';
import { checkClient } from './check-client.js';
import { createTestDatabase, stopTestServer } from '../support/postgres.js';
import { makeFolder, removeRunFolder } from '../support/run-folder.js';

/** What `npm pack --json` says of the tarball. */
interface PackedTarball {
  readonly filename: string;
  readonly size: number;
  readonly unpackedSize: number;
  readonly files: readonly { readonly path: string }[];
}

// `npm run package:check`: is what we would publish whole, and does it work in a clean folder?
const root = resolve(import.meta.dirname, '../..');
const manifest = readJson(join(root, 'package.json')) as { devDependencies: Record<string, string> };

try {
  const tarball = await pack();
  const consumer = await install(tarball, 'host', ['koa', 'socket.io']);
  await runPlainHost(consumer);
  compileTypedHost(consumer);
  const page = await install(tarball, 'page', ['socket.io-client', 'react', '@types/react']);
  compileBrowserPage(page);
  await checkClient(page);
  console.log('The package is whole, and works in a clean folder.');
} catch (error) {
  console.error((error as Error).message);
  process.exitCode = 1;
} finally {
  await stopTestServer();
  await removeRunFolder();
}

/** Builds and packs, and looks through the tarball. */
async function pack(): Promise<string> {
  run('npm', ['run', 'build', '--silent'], root);
  const folder = await makeFolder('tarball');
  const output = run('npm', ['pack', '--ignore-scripts', '--json', '--pack-destination', folder], root);
  const [tarball] = JSON.parse(output) as PackedTarball[];
  if (tarball === undefined) throw new Error('npm pack made no tarball');
  const { filename, files, size, unpackedSize } = tarball;
  console.log(`${filename}: ${files.length} files, ${kilobytes(size)} packed, ${kilobytes(unpackedSize)} unpacked`);
  for (const [kind, count] of countKinds(files.map(({ path }) => path))) console.log(`  ${kind}: ${count}`);

  const expected =
    /^(?:dist\/.+\.(?:js|d\.ts)|migrations\/.+\.sql|lib\/contracts\/(?:openapi|asyncapi)\.json|package\.json|README\.md|LICENSE)$/;
  const strangers = files.filter(({ path }) => !expected.test(path));
  if (strangers.length > 0) throw new Error(`not for publishing: ${strangers.map(({ path }) => path).join(', ')}`);
  for (const needed of [
    'LICENSE',
    'README.md',
    'dist/index.d.ts',
    'lib/contracts/openapi.json',
    'lib/contracts/asyncapi.json',
    'dist/client/index.d.ts',
    'dist/client/react.js',
    'dist/cli/koa-chat.js',
  ]) {
    if (!files.some(({ path }) => path === needed)) throw new Error(`${needed} is missing`);
  }

  const { messages } = await publint({ pkgDir: root, strict: true });
  for (const message of messages) console.log(`publint: ${formatMessage(message, manifest, { color: false })}`);
  if (messages.some(({ type }) => type !== 'suggestion')) throw new Error('publint found faults');
  return join(folder, filename);
}

/** A consumer's folder: the tarball, and beside it the peers that it needs. No dev dependencies, no other peers. */
async function install(tarball: string, name: string, peers: readonly string[]): Promise<string> {
  const consumer = await makeFolder(name);
  writeFileSync(join(consumer, 'package.json'), JSON.stringify({ name, private: true, type: 'module' }));
  npmInstall(consumer, [tarball, ...peers.map(versioned)]);
  return consumer;
}

async function runPlainHost(consumer: string): Promise<void> {
  cpSync(join(import.meta.dirname, 'hosts/plain-host.mjs'), join(consumer, 'plain-host.mjs'));
  const database = await createTestDatabase();
  try {
    const env = { DATABASE_URL: database.url };
    console.log(run('npx', ['--no-install', 'koa-chat', 'migrate'], consumer, env).trim());
    const said = run(process.execPath, ['plain-host.mjs'], consumer, env).trim();
    if (!said.endsWith('sent')) throw new Error(`the plain host said ${JSON.stringify(said)}`);
    console.log('A plain host mounted it and sent a message.');
  } finally {
    await database.drop();
  }
}

/** `skipLibCheck` is off: our declarations, and all that they lead to, must hold without our dev dependencies. */
function compileTypedHost(consumer: string): void {
  npmInstall(consumer, [versioned('@types/koa'), versioned('@types/node')]);
  cpSync(join(import.meta.dirname, 'hosts/typed-host.ts'), join(consumer, 'typed-host.ts'));
  compile(consumer, 'typed-host.ts', { module: 'NodeNext', types: ['node'] });
  console.log('A TypeScript host compiles against it, strictly.');
}

/** With what a browser has, and no types of Node or Koa. */
function compileBrowserPage(page: string): void {
  cpSync(join(import.meta.dirname, 'hosts/browser-page.ts'), join(page, 'browser-page.ts'));
  const lib = ['ES2022', 'DOM', 'DOM.Iterable'];
  compile(page, 'browser-page.ts', { module: 'ESNext', moduleResolution: 'Bundler', lib, types: [] });
  console.log('A page in TypeScript compiles against it, strictly.');
}

function compile(folder: string, file: string, options: object): void {
  const strict = { strict: true, noUncheckedIndexedAccess: true, skipLibCheck: false };
  const compilerOptions = { target: 'ES2022', noEmit: true, ...strict, ...options };
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: [file] }));
  run(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), '-p', folder], folder);
}

function npmInstall(folder: string, packages: readonly string[]): void {
  run('npm', ['install', '--no-audit', '--no-fund', '--ignore-scripts', '--loglevel=error', ...packages], folder);
}

/** At the version that the project itself is tested with. */
function versioned(name: string): string {
  return `${name}@${manifest.devDependencies[name] ?? 'latest'}`;
}

/** What the command writes to its standard output; throws, with all that it wrote, when it fails. */
function run(command: string, args: readonly string[], cwd: string, env: NodeJS.ProcessEnv = {}): string {
  try {
    return execFileSync(command, args, {
      cwd,
      env: { ...process.env, ...env },
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
      shell: process.platform === 'win32',
    });
  } catch (error) {
    const { stdout = '', stderr = '' } = error as { stdout?: string; stderr?: string };
    throw new Error(`${command} ${args.join(' ')} failed:\n${stdout}${stderr}`, { cause: error });
  }
}

function readJson(path: string): unknown {
  return JSON.parse(readFileSync(path, 'utf8'));
}

/** `dist/ *.js` to how many of them, and the files at the top by their names. */
function countKinds(paths: readonly string[]): Map<string, number> {
  const kinds = new Map<string, number>();
  for (const path of paths) {
    const kind = path.replace(/^([^/]+\/).*?((?:\.d)?\.[a-z]+)$/, '$1 *$2');
    kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
  }
  return kinds;
}

function kilobytes(bytes: number): string {
  return `${Math.ceil(bytes / 1024)} KiB`;
}
