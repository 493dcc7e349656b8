import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import ts from 'typescript';
import { compilerOptions } from './compiler-options.js';

const path = join(import.meta.dirname, 'wrong-uses.ts');

describe('wrong uses of the public types', function () {
  this.timeout(120_000); // a whole compilation

  let marked: Map<number, string>;
  let faulty: Map<number, string>;

  before(() => {
    const lines = readFileSync(path, 'utf8').split('\n');
    marked = new Map();
    for (const [index, line] of lines.entries()) {
      if (line.startsWith('// wrong: ')) marked.set(index + 1, `${line} / ${lines[index + 1]}`);
    }
    faulty = new Map();
    const program = ts.createProgram([path], compilerOptions());
    for (const { file, start, messageText } of ts.getPreEmitDiagnostics(program, program.getSourceFile(path))) {
      const line = file?.getLineAndCharacterOfPosition(start ?? 0).line ?? -1;
      faulty.set(line, ts.flattenDiagnosticMessageText(messageText, '\n'));
    }
  });

  it('are errors, each and every one', () => {
    expect(marked.size).to.be.greaterThan(40);
    expect([...marked].filter(([line]) => !faulty.has(line)).map(([, text]) => text)).to.deep.equal([]);
  });

  it('are the only errors: what comes before them compiles', () => {
    const strangers = [...faulty].filter(([line]) => !marked.has(line));
    expect(strangers.map(([line, text]) => `line ${line + 1}: ${text}`)).to.deep.equal([]);
  });
});
