import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { duplicatesIn } from './duplicates.js';
import type { InstalledPackage } from './duplicates.js';

/** Packages that a host may get twice from us, and why nothing can be done about it. */
const allowed: Readonly<Record<string, string>> = {
  'lru-cache': 'umzug: its command line, which is never run here, pins an old semver, and that an old lru-cache',
  picomatch: 'awilix and umzug find files with different globbers, and neither globs anything here',
  semver: 'umzug: its command line, which is never run here, pins an old one',
  'type-fest': 'koa-jwt and umzug: types alone, no code',
};

// A step of the linting: two versions of one package are a bigger install, and two of a package with state a bug.
const root = resolve(import.meta.dirname, '../..');
const manifest = JSON.parse(readFileSync(resolve(root, 'package.json'), 'utf8')) as {
  peerDependencies: Record<string, string>;
};
const listing = execFileSync('npm', ['ls', '--omit=dev', '--all', '--json'], {
  cwd: root,
  encoding: 'utf8',
  maxBuffer: 64 * 1024 * 1024,
  stdio: ['ignore', 'pipe', 'inherit'],
  shell: process.platform === 'win32',
});
const duplicates = duplicatesIn(JSON.parse(listing) as InstalledPackage, Object.keys(manifest.peerDependencies));

for (const [name, versions] of duplicates) {
  if (name in allowed) continue;
  process.exitCode = 1;
  console.error(`${name} is there ${versions.size} times:`);
  for (const [version, path] of versions) console.error(`  ${version}  ${path}`);
}
for (const name of Object.keys(allowed).filter((name) => !duplicates.has(name))) {
  process.exitCode = 1;
  console.error(`${name} is there once: it needs no exception any more`);
}
