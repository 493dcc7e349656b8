const shape = /^[a-z0-9][a-z0-9/._-]{0,199}$/;

/**
 * Whether a text can be the key of an object: lower-case letters, digits, `.`, `_`, `-`, and `/` between folders. No
 * folder is empty or begins with a dot, so that a key joined to a directory stays below it and has one spelling.
 */
export function isStoreKey(text: string): boolean {
  return shape.test(text) && text.split('/').every((part) => part !== '' && !part.startsWith('.'));
}

/** Keys are made by the module, so a bad one is a fault of the program and not of a request. */
export function requireStoreKey(key: string): string {
  if (!isStoreKey(key)) throw new TypeError('the key of an image object is malformed');
  return key;
}
