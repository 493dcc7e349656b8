import { inspect } from 'node:util';

/**
 * All that any logger could make of a value: as `util.inspect` shows it with what is hidden (stacks, causes, symbols,
 * getters), and as JSON with the own properties of errors, which is how pino writes them.
 */
export function wholeText(value: unknown): string {
  const shown = inspect(value, {
    ...{ depth: null, showHidden: true, getters: true, breakLength: Infinity },
    ...{ maxStringLength: null, maxArrayLength: null },
  });
  return `${shown}\n${asJson(value)}`;
}

function asJson(value: unknown): string {
  const above = new Set<unknown>();
  return JSON.stringify(value, (_key, inner: unknown) => {
    if (!(inner instanceof Error)) return inner;
    if (above.has(inner)) return undefined;
    above.add(inner);
    const { name, message, stack, cause } = inner;
    return { ...inner, name, message, stack, cause };
  });
}
