/** Where unsent text survives a reload: strings by key. What answers with a promise is waited for. */
export interface OutboxStorage {
  /** All entries whose key begins so, in any order. */
  entries(prefix: string): Awaitable<readonly (readonly [key: string, value: string])[]>;
  get(key: string): Awaitable<string | null | undefined>;
  set(key: string, value: string): Awaitable<unknown>;
  remove(key: string): Awaitable<unknown>;
}

type Awaitable<T> = T | PromiseLike<T>;

/** What is used of `localStorage`. */
export interface WebStorage {
  readonly length: number;
  key(index: number): string | null;
  getItem(key: string): string | null;
  setItem(key: string, value: string): void;
  removeItem(key: string): void;
}

/**
 * The browser's `localStorage`, or another one like it. Where pages may not have one (some private windows), nothing
 * survives a reload, and nothing fails.
 */
export function webStorage(storage: WebStorage | undefined = browserStorage()): OutboxStorage {
  if (storage === undefined) return memoryStorage();
  return {
    entries: (prefix) =>
      Array.from({ length: storage.length }, (_, index) => storage.key(index))
        .filter((key) => key?.startsWith(prefix) === true)
        .map((key) => [key ?? '', storage.getItem(key ?? '') ?? '']),
    get: (key) => storage.getItem(key),
    set: (key, value) => storage.setItem(key, value),
    remove: (key) => storage.removeItem(key),
  };
}

/** Lives as long as the page: for tests, and for several clients of one page. */
export function memoryStorage(): OutboxStorage {
  const items = new Map<string, string>();
  return {
    entries: (prefix) => [...items].filter(([key]) => key.startsWith(prefix)),
    get: (key) => items.get(key),
    set: (key, value) => items.set(key, value),
    remove: (key) => items.delete(key),
  };
}

/** Even to look at it throws where it is forbidden. */
function browserStorage(): WebStorage | undefined {
  try {
    return (globalThis as { localStorage?: WebStorage }).localStorage;
  } catch {
    return undefined;
  }
}
