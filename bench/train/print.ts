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

/** What an engine took, why it took nothing, or `null` where it was not asked. */
export type Entry = Row | { readonly fault: string } | null;

export const isRow = (entry: Entry): entry is Row => entry !== null && !('fault' in entry);

/** One line of a network's table. */
export interface Line {
  readonly engine: Engine;
  readonly where: Where;
  readonly detail: string;
  readonly step: Entry;
  readonly forward: Entry;
  readonly bytes: number | null;
}

const cells = (entry: Entry): readonly string[] =>
  isRow(entry) ? [figures(entry.ms), `± ${figures(entry.spread)}`] : ['–', ''];

/** Why a line lacks something, each reason once. */
export const faultsOf = ({ step, forward }: Line): readonly string[] => [
  ...new Set([step, forward].flatMap((entry) => (entry !== null && 'fault' in entry ? [entry.fault] : []))),
];

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
  for (const line of lines) {
    for (const fault of faultsOf(line)) console.log(`  ${line.engine}, ${line.where}: ${short(fault)}`);
  }
}

export function printEpochs(rows: readonly Row[]): void {
  console.log('\nLeNet-5, one epoch of Fashion-MNIST, 60,000 images and evaluation on 10,000; seconds');
  const seconds = (ms: number) => figures(ms / 1000);
  console.log(
    table(
      rows.map(({ engine, where, ms, spread }) => [engine, where, seconds(ms), `± ${seconds(spread)}`]),
      2,
    ),
  );
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
