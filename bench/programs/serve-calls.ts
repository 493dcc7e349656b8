/** What a program of the bench can be asked: named functions, their values as JSON. */
export type Calls = Record<string, (...input: never[]) => unknown>;

interface Question {
  readonly id: number;
  readonly name: string;
  readonly input: never[];
}

/** What the parent gave the program to start with. */
export function programInput<Input>(): Input {
  return JSON.parse(process.argv[2] ?? 'null') as Input;
}

/**
 * The child's side of a program: says that it is ready and answers calls until its parent is gone. A program that nobody
 * waits for any more ends by itself.
 */
export function serveCalls<C extends Calls>(calls: C): void {
  process.on('message', ({ id, name, input }: Question) => {
    const answer = (reply: object): unknown => process.send?.({ id, ...reply });
    void Promise.resolve()
      .then(() => calls[name]?.(...input))
      .then(
        (value) => answer({ value }),
        (error: unknown) => answer({ error: error instanceof Error ? (error.stack ?? error.message) : String(error) }),
      );
  });
  process.on('disconnect', () => process.exit(0));
  process.send?.({ ready: true });
}
