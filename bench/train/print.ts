import type { Change } from './compare';
import { type NetId, networks } from './networks';
import { holds, type Ratio, titleOf } from './ratios';
import type { AppFigures, Memory } from './record';
import type { Engine, Row, Where } from './rows';

/** Three digits: more are noise. */
export const figures = (value: number): string => {
  if (value >= 100) return value.toFixed(0);
  if (value >= 10) return value.toFixed(1);
  return value.toFixed(2);
};

/** Columns as wide as their widest cell; the first `left` of them to the left. */
function table(rows: readonly (readonly string[])[], left: number): string {
  const widths = (rows[0] ?? []).map((_, i) => Math.max(...rows.map((row) => (row[i] ?? '').length)));
  const line = (row: readonly string[]) =>
    row.map((cell, i) => (i < left ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0))).join('  ');
  return rows.map((row) => `  ${line(row)}`.trimEnd()).join('\n');
}

/** One line of a network's table: what an engine took, or why it took nothing. */
export interface Line {
  readonly engine: Engine;
  readonly where: Where;
  readonly detail: string;
  readonly step: Row | string | null;
  readonly forward: Row | string | null;
  readonly bytes: number | null;
}

const cells = (entry: Row | string | null): readonly string[] =>
  entry === null || typeof entry === 'string' ? ['–', ''] : [figures(entry.ms), `± ${figures(entry.spread)}`];

/** A fault that can be looked up: tfjs's go over several lines. */
const short = (fault: string) => (fault.split('\n')[0] ?? '').slice(0, 160);

export function printNetwork(net: NetId, params: number, lines: readonly Line[]): void {
  const { title, batch } = networks[net];
  console.log(`\n${title}, batch ${batch}, ${params.toLocaleString('en')} parameters; ms, ± interquartile range`);
  const head = ['', '', 'step', '', 'forward', '', 'peak MB', ''];
  const body = lines.map(({ engine, where, detail, step, forward, bytes }) => [
    engine,
    where,
    ...cells(step),
    ...cells(forward),
    bytes === null ? '–' : (bytes / 2 ** 20).toFixed(0),
    `  ${detail}`,
  ]);
  console.log(table([head, ...body], 2));
  for (const { engine, where, step, forward } of lines) {
    const faults = new Set([step, forward].filter((entry) => typeof entry === 'string'));
    for (const fault of faults) console.log(`  ${engine}, ${where}: ${short(fault)}`);
  }
}

const barOf = ({ bar }: Ratio): string => {
  if (!bar) return '';
  const goal = bar.goal === undefined ? '' : `, goal ${bar.goal}×`;
  return `${bar.kind === 'at most' ? '≤' : '≥'} ${bar.value}×${goal}`;
};

export function printRatios(ratios: readonly Ratio[]): void {
  if (ratios.length === 0) return;
  console.log('\nRatios of medians');
  const verdict = (ratio: Ratio) => (ratio.bar === null ? '' : holds(ratio) ? 'holds' : 'MISSED');
  const body = ratios.map((ratio) => [
    titleOf(ratio.net),
    ratio.what,
    ratio.title,
    `${figures(ratio.value)}×`,
    barOf(ratio),
    verdict(ratio),
  ]);
  console.log(table(body, 3));
}

const percent = (share: number) => `${share >= 0 ? '+' : '−'}${Math.abs(100 * share).toFixed(0)} %`;

export function printChanges(date: string, machine: string, changes: readonly Change[]): void {
  console.log(`\nAgainst the record of ${date} (${machine}), each as a multiple of torch-1 in its own run`);
  if (changes.length === 0) return console.log('  Nothing to compare: one of the two has no torch-1 for it.');
  const head = ['', '', '', '', 'then', 'now', 'change', 'noise', ''];
  const body = changes.map(({ row, before, now, change, noise, regressed }) => [
    titleOf(row.net as NetId),
    row.engine,
    row.where,
    row.what,
    `${figures(before)}×`,
    `${figures(now)}×`,
    percent(change),
    `± ${(100 * noise).toFixed(0)} %`,
    regressed ? 'REGRESSED' : '',
  ]);
  console.log(table([head, ...body], 4));
}

/** Sizes don't depend on the machine's speed, so they are compared as they are. */
export function printMemory(memory: readonly Memory[], before: readonly Memory[]): void {
  const changed = memory.flatMap((now) => {
    const then = before.find(
      ({ net, engine, where }) => net === now.net && engine === now.engine && where === now.where,
    );
    if (!then || !now.engine.startsWith('ours')) return [];
    const size = (bytes: number) => `${(bytes / 2 ** 20).toFixed(0)} MB`;
    return [
      [
        titleOf(now.net as NetId),
        now.engine,
        now.where,
        size(then.bytes),
        size(now.bytes),
        percent(now.bytes / then.bytes - 1),
      ],
    ];
  });
  if (changed.length > 0) console.log(`\nPeak memory, then and now\n${table(changed, 3)}`);
}

export function printApp({ loading, frames }: AppFigures, before: AppFigures | null): void {
  const was = (value: string) => (before ? ` (recorded: ${value})` : '');
  const loaded = ({ ms, spread }: AppFigures['loading']) => `${figures(ms)} ± ${figures(spread)} ms`;
  const seen = ({ perSecond, longestMs }: AppFigures['frames']) =>
    `${perSecond.toFixed(1)} a second, longest gap ${longestMs.toFixed(0)} ms`;
  console.log('\nThe app');
  console.log(
    `  from navigation to a screen that answers: ${loaded(loading)}${before ? was(loaded(before.loading)) : ''}`,
  );
  console.log(`  frames while LeNet-5 trains: ${seen(frames)}${before ? was(seen(before.frames)) : ''}`);
}
