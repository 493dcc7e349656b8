import { fork } from 'node:child_process';
import { once } from 'node:events';
import type { Calls } from './serve-calls.js';

/** A process of the bench's own. */
export interface Program<C extends Calls> {
  readonly pid: number;
  /** Rejects with what the program threw, or when it has ended. */
  call<K extends keyof C & string>(name: K, ...input: Parameters<C[K]>): Promise<Awaited<ReturnType<C[K]>>>;
  /** Ends it, by force after 5 s, and waits until it is gone. */
  stop(): Promise<void>;
}

export interface ProgramOptions {
  /** Arguments of node itself, such as `--expose-gc`. */
  readonly nodeOptions?: readonly string[];
}

interface Reply {
  readonly ready?: true;
  readonly id?: number;
  readonly value?: unknown;
  readonly error?: string;
}

interface Asked {
  resolve(value: unknown): void;
  reject(error: Error): void;
}

const running = new Set<Program<Calls>>();

/** Starts a compiled program and resolves once it is ready. */
export async function startProgram<C extends Calls>(
  file: string,
  input: unknown,
  { nodeOptions = [] }: ProgramOptions = {},
): Promise<Program<C>> {
  const child = fork(file, [JSON.stringify(input)], {
    execArgv: [...nodeOptions],
    env: { ...process.env, NODE_ENV: 'production', NODE_OPTIONS: '' },
  });
  const asked = new Map<number, Asked>();
  let count = 0;
  let ended: Error | undefined;
  const gone = once(child, 'exit').then(([code]) => {
    ended = new Error(`${file} has ended with code ${String(code)}`);
    for (const { reject } of asked.values()) reject(ended);
  });

  const ready = new Promise<void>((resolve, reject) => {
    child.on('message', (message: Reply) => {
      if (message.ready === true) return resolve();
      const one = message.id === undefined ? undefined : asked.get(message.id);
      if (message.id !== undefined) asked.delete(message.id);
      if (message.error === undefined) one?.resolve(message.value);
      else one?.reject(new Error(message.error));
    });
    void gone.then(() => reject(ended ?? new Error('ended')));
  });

  const program: Program<C> = {
    pid: child.pid ?? 0,
    call: (name, ...input) =>
      new Promise((resolve, reject) => {
        if (ended !== undefined) return reject(ended);
        count += 1;
        asked.set(count, { resolve: resolve, reject });
        child.send({ id: count, name, input });
      }),
    async stop() {
      running.delete(program);
      if (ended !== undefined) return;
      child.disconnect();
      const impatient = setTimeout(() => child.kill('SIGKILL'), 5_000);
      await gone;
      clearTimeout(impatient);
    },
  };
  running.add(program);
  await ready;
  return program;
}

/** Ends whatever is still running. */
export async function stopPrograms(): Promise<void> {
  await Promise.all([...running].map((program) => program.stop()));
}
