import { cp, mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('../../', import.meta.url));

/** The module and the bench's programs as plain JavaScript: what runs in production has no compiler in its way. */
export interface Compiled {
  /** `servers/echo` to the file that `node` can run. */
  programFile(name: string): string;
  remove(): Promise<void>;
}

/** Compiles file by file, as the package is: what has to be loaded at a start is then what a host has to load. */
export async function compilePrograms(): Promise<Compiled> {
  // Inside the project, where imports of packages find them.
  const outdir = join(root, '.tmp', `bench-${process.pid}`);
  await mkdir(outdir, { recursive: true });
  await build({
    absWorkingDir: root,
    entryPoints: ['lib/**/*.ts', 'bench/**/*.ts'],
    outbase: '.',
    outdir,
    format: 'esm',
    target: 'node20',
    platform: 'node',
    logLevel: 'error',
  });
  await cp(join(root, 'migrations'), join(outdir, 'migrations'), { recursive: true });
  return {
    programFile: (name) => join(outdir, 'bench', `${name}.js`),
    remove: () => rm(outdir, { recursive: true, force: true }),
  };
}
