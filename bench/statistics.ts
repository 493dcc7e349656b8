/** The value below which the share `q` (0 to 1) of the values lies; sorts them. NaN of nothing. */
export function quantile(values: number[], q: number): number {
  values.sort((a, b) => a - b);
  const place = Math.min(values.length - 1, Math.floor(values.length * q));
  return values[place] ?? Number.NaN;
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2;
}
