import type { Line } from './summary.js';
import { formatNumber } from './words.js';

interface Bar {
  readonly label: string;
  readonly value: number;
  readonly isModule: boolean;
}

interface Chart {
  readonly title: string;
  readonly bars: readonly Bar[];
}

const width = 760;
const barsFrom = 290;
const longestBar = 350;
const rowHeight = 26;

/**
 * Bars of what the module and its yardsticks do in a second, as SVG: one chart for each count of senders, and one for
 * each read. It brings its own ground, so that it can be read on a light page and on a dark one.
 */
export function drawPicture(lines: readonly Line[], caption: string): string {
  const charts = chartsOf(lines);
  const parts: string[] = [];
  let y = 30;
  for (const chart of charts) {
    const longest = Math.max(...chart.bars.map(({ value }) => value));
    parts.push(`<text class="title" x="24" y="${y}">${escape(chart.title)}</text>`);
    y += 12;
    for (const { label, value, isModule } of chart.bars) {
      const length = Math.max(2, Math.round((value / longest) * longestBar));
      const middle = y + rowHeight / 2;
      parts.push(
        `<text x="24" y="${middle + 4}"${isModule ? ' class="own"' : ''}>${escape(label)}</text>`,
        `<rect class="${isModule ? 'module' : 'other'}" x="${barsFrom}" y="${y + 4}" width="${length}" height="${rowHeight - 8}" rx="3"/>`,
        `<text x="${barsFrom + length + 8}" y="${middle + 4}"${isModule ? ' class="own"' : ''}>${formatNumber(value)}</text>`,
      );
      y += rowHeight;
    }
    y += 34;
  }
  parts.push(`<text class="caption" x="24" y="${y - 6}">${escape(caption)}</text>`);
  const height = y + 14;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" aria-label="${escape(describe(charts))}">`,
    `<style>${style}</style>`,
    `<rect class="ground" x="0.5" y="0.5" width="${width - 1}" height="${height - 1}" rx="10"/>`,
    ...parts,
    '</svg>',
    '',
  ].join('\n');
}

const style = [
  'text{font:13px system-ui,sans-serif;fill:#3b4652}',
  '.title{font-weight:600;fill:#17202a}.own{font-weight:600;fill:#17202a}.caption{font-size:12px;fill:#5b6875}',
  '.ground{fill:#fff;stroke:#d5dbe1}.module{fill:#0b7a75}.other{fill:#aab6c1}',
  '@media(prefers-color-scheme:dark){text{fill:#b9c4cf}.title,.own{fill:#f0f4f8}.caption{fill:#93a1ae}',
  '.ground{fill:#12181f;stroke:#2d3843}.module{fill:#2fb8ae}.other{fill:#566472}}',
].join('');

/** Lines of what is done in a second, those of one kind of work together, the fastest bar first. */
function chartsOf(lines: readonly Line[]): Chart[] {
  const charts = new Map<string, Bar[]>();
  for (const { what, unit, module, beside } of lines) {
    if (beside === undefined || !unit.endsWith('/s')) continue;
    const title = `${what} (${unit})`;
    const bars = charts.get(title) ?? [{ label: 'koa-chat-module', value: module.median, isModule: true }];
    bars.push({ label: beside.yardstick, value: beside.theirs.median, isModule: false });
    charts.set(title, bars);
  }
  return [...charts].map(([title, bars]) => ({ title, bars: bars.sort((a, b) => b.value - a.value) }));
}

/** What the picture shows, for those who cannot see it. */
function describe(charts: readonly Chart[]): string {
  return charts
    .map(
      ({ title, bars }) => `${title}: ${bars.map(({ label, value }) => `${label} ${formatNumber(value)}`).join(', ')}.`,
    )
    .join(' ');
}

function escape(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
}
