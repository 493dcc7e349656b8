/** Prints why a HEIC is refused in a process to which heic-convert is not installed. */
import { register } from 'node:module';
import { heicInDisplayP3 } from './heic.js';

const hook = `export function resolve(specifier, context, next) {
  if (specifier === 'heic-convert') throw Object.assign(new Error('not installed'), { code: 'ERR_MODULE_NOT_FOUND' });
  return next(specifier, context);
}`;
register(`data:text/javascript,${encodeURIComponent(hook)}`);

const { refusalOf } = await import('./render-file.js');
const { removeRunFolder } = await import('../../support/run-folder.js');
process.stdout.write(JSON.stringify(await refusalOf(heicInDisplayP3)));
await removeRunFolder();
