import { execFileSync } from 'node:child_process';
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { formatMessage } from 'publint/utils';
import { publint } from 'publint';
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
  const consumer = await install(tarball);
  await runPlainHost(consumer);
  compileTypedHost(consumer);
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

  const expected = /^(?:dist\/.+\.(?:js|d\.ts)|migrations\/.+\.sql|package\.json|README\.md|LICENSE)$/;
  const strangers = files.filter(({ path }) => !expected.test(path));
  if (strangers.length > 0) throw new Error(`not for publishing: ${strangers.map(({ path }) => path).join(', ')}`);
  for (const needed of ['LICENSE', 'README.md', 'dist/index.d.ts', 'dist/cli/koa-chat.js']) {
    if (!files.some(({ path }) => path === needed)) throw new Error(`${needed} is missing`);
  }

  const { messages } = await publint({ pkgDir: root, strict: true });
  for (const message of messages) console.log(`publint: ${formatMessage(message, manifest, { color: false })}`);
  if (messages.some(({ type }) => type !== 'suggestion')) throw new Error('publint found faults');
  return join(folder, filename);
}

/** A host's folder: the tarball, and beside it the peers that it needs. No dev dependencies, no optional peers. */
async function install(tarball: string): Promise<string> {
  const consumer = await makeFolder('consumer');
  writeFileSync(join(consumer, 'package.json'), JSON.stringify({ name: 'host', private: true, type: 'module' }));
  npmInstall(consumer, [tarball, versioned('koa'), versioned('socket.io')]);
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
  const compilerOptions = {
    ...{ target: 'ES2022', module: 'NodeNext', types: ['node'], noEmit: true },
    ...{ strict: true, noUncheckedIndexedAccess: true, skipLibCheck: false },
  };
  writeFileSync(join(consumer, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: ['typed-host.ts'] }));
  run(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), '-p', consumer], consumer);
  console.log('A TypeScript host compiles against it, strictly.');
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
