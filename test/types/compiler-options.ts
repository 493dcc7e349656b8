import { join, resolve } from 'node:path';
import ts from 'typescript';

/** The project's own, for tests that compile. */
export function compilerOptions(): ts.CompilerOptions {
  const root = resolve(import.meta.dirname, '../..');
  const read: { config?: unknown; error?: ts.Diagnostic } = ts.readConfigFile(join(root, 'tsconfig.json'), (path) =>
    ts.sys.readFile(path),
  );
  if (read.error !== undefined) throw new Error(ts.flattenDiagnosticMessageText(read.error.messageText, '\n'));
  return ts.parseJsonConfigFileContent(read.config, ts.sys, root).options;
}
