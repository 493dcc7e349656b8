import { writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { expect } from 'chai';
import ts from 'typescript';
import { makeFolder } from '../support/run-folder.js';
import { compilerOptions } from './compiler-options.js';
import { findAny } from './find-any.js';

/** Koa's `Middleware`, Socket.IO's `adapter` and React's `ReactNode` have an `any` of their own, wherever they come from. */
const theirs = ['.middleware<0>', '.realtime.adapter(', 'ChatProvider(props).children<'];

describe('the public types', function () {
  this.timeout(120_000); // a whole compilation

  it('have no any', () => {
    const entries = ['index.ts', 'client/index.ts', 'client/react.ts'].map((name) =>
      resolve(import.meta.dirname, '../../lib', name),
    );
    const program = ts.createProgram(entries, compilerOptions());
    const found = entries.flatMap((entry) => findAny(program, entry));
    expect(found.filter((path) => !theirs.some((part) => path.includes(part)))).to.deep.equal([]);
  });

  it('would not get by with one, wherever it hid', async () => {
    const entry = join(await makeFolder('any'), 'entry.ts');
    await writeFile(
      entry,
      `export interface Shown { deep: { readonly list: Promise<Map<string, any>[]> } }
       export function parse(text: string) { return JSON.parse(text); }
       export const take = (given?: Partial<{ value: any }>) => given === undefined;
       export type Keyed = { [key: string]: unknown; (argument: any): void };
       export class Held<T extends { inner: any }> { constructor(readonly held: T) {} }
       export const none = { list: [1, 'two'], make: () => new Set<unknown>() };`,
    );
    const found = findAny(ts.createProgram([entry], { ...compilerOptions(), types: [] }), entry);
    expect(new Set(found.map((path) => path.split(/[.(<]/)[0]))).to.deep.equal(
      new Set(['Shown', 'parse', 'take', 'Keyed', 'Held']),
    );
    expect(found).to.include('Shown.deep.list<0><0><1>').and.to.include('parse()');
  });
});
