import fc from 'fast-check';

/** One way to attack a target. */
export interface Attack {
  readonly name: string;
  /** How many of all inputs are of this kind, in relation to the others. */
  readonly weight: number;
  /** Sends so many inputs, which follow from the seed. Gives what should not have happened. */
  run(count: number, seed: number): Promise<string[]>;
}

interface Attempt<Input> {
  readonly name: string;
  readonly weight: number;
  readonly inputs: fc.Arbitrary<Input>;
  /** Sends one input, and throws when what comes back should not have. */
  send(input: Input): Promise<void>;
  /** Frees what it holds. */
  close(): void;
}

/** An input that fails is made small before it is told. */
export function attack<Input>({ name, weight, inputs, send, close }: Attempt<Input>): Attack {
  return {
    name,
    weight,
    async run(numRuns, seed) {
      const property = fc.asyncProperty(inputs, send);
      const limits = { interruptAfterTimeLimit: 300_000, markInterruptAsFailure: true };
      const result = await fc.check(property, { numRuns, seed, ...limits }).finally(close);
      if (!result.failed) return [];
      const why = result.errorInstance instanceof Error ? result.errorInstance.message : 'too slow';
      const example = JSON.stringify(result.counterexample) ?? '';
      return [`${name}: ${why}\n  input ${result.numRuns}, made small: ${example.slice(0, 2_000)}`];
    },
  };
}

/** What the other side can read of it: a lone surrogate has no UTF-8, and goes as U+FFFD. */
export function asSent(text: string | Uint8Array): string {
  return Buffer.from(text).toString();
}

/** That an answer of the REST door is one: no failure of the service, whatever was sent. */
export function expectNoFailure(status: number, body: string): void {
  if (status >= 500) throw new Error(`answered ${status}: ${body.slice(0, 300)}`);
}
