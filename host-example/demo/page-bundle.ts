import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { basename, extname } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The page, ready to be served from memory. */
export interface Page {
  readonly html: string;
  /** The page of the contracts. */
  readonly docsHtml: string;
  /** By file name, below `/assets/`. */
  readonly assets: ReadonlyMap<string, Asset>;
}

export interface Asset {
  readonly type: string;
  readonly body: Buffer;
  readonly etag: string;
}

const folder = fileURLToPath(new URL('../page/', import.meta.url));

/** Builds the page from its sources, in some tenths of a second. */
export async function bundlePage(): Promise<Page> {
  const { build } = await import('esbuild').catch((cause: unknown) => {
    throw new Error('The demo needs the development dependencies: npm install', { cause });
  });
  const { outputFiles } = await build({
    absWorkingDir: folder,
    entryPoints: { page: 'main.tsx', docs: 'docs/docs.tsx' },
    outdir: '/assets',
    publicPath: '/assets',
    assetNames: '[name]-[hash]',
    bundle: true,
    write: false,
    format: 'esm',
    target: 'es2023',
    jsx: 'automatic',
    minify: true,
    sourcemap: true,
    loader: { '.woff2': 'file' },
    define: { 'process.env.NODE_ENV': '"production"' },
    logLevel: 'silent',
  });
  const files = outputFiles.map(({ path, contents }): [string, Buffer] => [basename(path), Buffer.from(contents)]);
  files.push(['icon.svg', await readFile(`${folder}icon.svg`)]);
  // Built already: to bundle it again would only take time.
  for (const name of ['swagger-ui-bundle.js', 'swagger-ui.css']) {
    files.push([name, await readFile(fileURLToPath(import.meta.resolve(`swagger-ui-dist/${name}`)))]);
  }
  return {
    html: await readFile(`${folder}index.html`, 'utf8'),
    docsHtml: await readFile(`${folder}docs.html`, 'utf8'),
    assets: new Map(files.map(([name, body]) => [name, describe(name, body)])),
  };
}

function describe(name: string, body: Buffer): Asset {
  return { type: extname(name), body, etag: createHash('sha256').update(body).digest('base64url').slice(0, 22) };
}
