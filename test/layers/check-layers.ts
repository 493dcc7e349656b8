import { resolve } from 'node:path';
import { layers } from './layers.js';
import { readImportsBelow } from './read-imports.js';

// A step of the linting: says each import that breaks a layer, and fails when there is one.
const root = resolve(import.meta.dirname, '../..');
const imports = (await Promise.all(['lib', 'host-example'].map((folder) => readImportsBelow(root, folder)))).flat();
const faults = imports.flatMap((found) =>
  layers
    .filter((layer) => layer.isBroken(found))
    .map(({ says }) => `${found.from}:${found.line}  imports ${found.to}, but ${says}`),
);
for (const fault of faults.sort()) console.error(fault);
if (faults.length > 0) process.exitCode = 1;
