import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';

/** The most that `koa-chat-module/client` may add to a page, minified and gzipped, without socket.io-client. */
const mostBytes = 12 * 1024;

/** Bundles `browser-page.ts` of a folder in which the package is installed. The bundler knows no Node and fails on its built-ins. */
export async function checkClient(consumer: string): Promise<void> {
  await bundle(consumer, 'browser-page.ts');
  writeFileSync(join(consumer, 'client.js'), "export * from 'koa-chat-module/client';");
  const size = gzipSync(await bundle(consumer, 'client.js', ['socket.io-client']), { level: 9 }).length;
  console.log(
    `The client and its hooks go into a page; the client is ${size} bytes of ${mostBytes}, minified and gzipped.`,
  );
  if (size > mostBytes) throw new Error('the client has become too large');
}

async function bundle(folder: string, entry: string, external: string[] = []): Promise<Uint8Array> {
  const { outputFiles } = await build({
    ...{ absWorkingDir: folder, entryPoints: [entry], external, write: false, logLevel: 'silent' },
    ...{ bundle: true, minify: true, format: 'esm', target: 'es2022', platform: 'browser' },
    define: { 'process.env.NODE_ENV': '"production"' },
  });
  const [output] = outputFiles;
  if (output === undefined) throw new Error(`${entry} made no bundle`);
  return output.contents;
}
