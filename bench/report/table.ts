import type { Line } from './summary.js';
import { columnsOf, columnTitles } from './words.js';

/** A table for the terminal. */
export function terminalTable(lines: readonly Line[]): string {
  const rows = [columnTitles, ...lines.map(columnsOf)];
  const widths = columnTitles.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row) => row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ')).join('\n');
}

/** The same in Markdown. */
export function markdownTable(lines: readonly Line[]): string {
  const rows = [columnTitles, columnTitles.map(() => '---'), ...lines.map(columnsOf)];
  return rows.map((row) => `| ${row.join(' | ')} |`).join('\n');
}
