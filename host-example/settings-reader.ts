/** The variables of a process. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** What is wrong with the environment, one line for each setting. */
export class SettingsError extends Error {
  override readonly name = 'SettingsError';
  readonly faults: readonly string[];

  constructor(faults: readonly string[]) {
    super(faults.join('\n'));
    this.faults = faults;
  }
}

/**
 * Reads variables one by one and collects what is wrong, so that all of it is said at once. After a fault a value is
 * undefined, or empty where one was required; {@link check} throws before anybody uses it. No fault repeats a value:
 * many are secrets.
 */
export interface SettingsReader {
  /** Undefined when it is not set, or set to nothing. */
  text(name: string): string | undefined;
  /** `hint` says what to give. */
  required(name: string, hint: string): string;
  /** `PORT`: 3000 when it is not set, 0 for any that is free. */
  port(): number;
  /** One of the words; the first is the default. */
  choice<Word extends string>(name: string, words: readonly [Word, ...Word[]]): Word;
  /** A URL of one of the protocols (`https:`), kept as it was written. */
  url(name: string, protocols: readonly string[]): string | undefined;
  /** Separated by commas. */
  list(name: string): readonly string[];
  fault(line: string): void;
  /** @throws SettingsError when there was any fault. */
  check(): void;
}

export function createSettingsReader(env: Environment): SettingsReader {
  const faults: string[] = [];
  const fault = (line: string): void => void faults.push(line);
  const text = (name: string): string | undefined => env[name]?.trim() || undefined;

  return {
    text,
    fault,

    required(name, hint) {
      const value = text(name);
      if (value === undefined) fault(`${name} is missing: ${hint}`);
      return value ?? '';
    },

    port() {
      const value = text('PORT') ?? '3000';
      if (!/^\d{1,5}$/.test(value) || Number(value) > 65_535) fault('PORT must be a whole number from 0 to 65535');
      return Number(value);
    },

    choice(name, words) {
      const value = text(name)?.toLowerCase();
      const word = words.find((one) => one === value);
      if (value !== undefined && word === undefined) fault(`${name} must be ${words.join(' or ')}`);
      return word ?? words[0];
    },

    url(name, protocols) {
      const value = text(name);
      if (value === undefined || (URL.canParse(value) && isUrlOf(new URL(value), protocols))) return value;
      fault(`${name} must be a URL that begins with ${protocols.map((protocol) => `${protocol}//`).join(' or ')}`);
      return undefined;
    },

    list: (name) => (text(name) ?? '').split(',').flatMap((item) => item.trim() || []),

    check() {
      if (faults.length > 0) throw new SettingsError(faults);
    },
  };
}

function isUrlOf({ protocol, hostname }: URL, protocols: readonly string[]): boolean {
  return protocols.includes(protocol) && hostname !== '';
}
