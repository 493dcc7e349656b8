/** Prints why a HEIC is refused in a process to which heic-convert is not installed. */
import Module from 'node:module';
import { heicInDisplayP3 } from './heic.js';

type Resolve = (name: string, ...rest: unknown[]) => string;
// What `require.resolve` comes down to; Node has no public way to hook into it.
const resolver = Module as unknown as { _resolveFilename: Resolve };
const resolve = resolver._resolveFilename;
resolver._resolveFilename = (name, ...rest) => {
  if (name === 'heic-convert') throw Object.assign(new Error('not installed'), { code: 'MODULE_NOT_FOUND' });
  return resolve(name, ...rest);
};

const { refusalOf } = await import('./render-file.js');
const { removeRunFolder } = await import('../../support/run-folder.js');
process.stdout.write(JSON.stringify(await refusalOf(heicInDisplayP3)));
await removeRunFolder();
