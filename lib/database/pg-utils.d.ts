declare module 'pg/lib/utils.js' {
  /** A parameter as the wire takes it: what pg's own queries make of their values. */
  export function prepareValue(value: unknown): string | Buffer | null;
}
