import { type NetId, netIds, networks } from './networks';
import { type Engine, places, type Row, type What, type Where } from './rows';

/** A ratio of two medians of one run, and what it has to be. */
export interface Ratio {
  readonly net: NetId;
  readonly what: What;
  readonly title: string;
  readonly value: number;
  readonly bar: Bar | null;
}

export interface Bar {
  readonly kind: 'at most' | 'at least';
  readonly value: number;
  /** Where it should be one day. */
  readonly goal?: number;
}

const atMost = (value: number, goal?: number): Bar => ({
  kind: 'at most',
  value,
  ...(goal === undefined ? {} : { goal }),
});
const atLeast = (value: number): Bar => ({ kind: 'at least', value });

/** Of a step: ours on one thread against PyTorch on one. */
const againstTorch: Partial<Record<NetId, Bar>> = {
  mlp: atMost(2.5),
  'lenet-5': atMost(2),
  'vgg-s': atMost(2.5, 1.5),
  'resnet-20': atMost(2.5, 1.5),
};
/** Of a step: the fastest backend of stock tfjs against ours. */
const againstStock: Partial<Record<NetId, Bar>> = {
  'lenet-5': atLeast(30),
  'vgg-s': atLeast(70),
  'resnet-20': atLeast(80),
};
const browserAgainstNode = atMost(1.1);
const epochAgainstTorch = atMost(2.5);

export const holds = ({ value, bar }: Pick<Ratio, 'value' | 'bar'>): boolean =>
  bar === null || (bar.kind === 'at most' ? value <= bar.value : value >= bar.value);

/** All ratios whose two sides were measured. */
export function ratiosOf(rows: readonly Row[]): readonly Ratio[] {
  const found: Ratio[] = [];
  for (const net of netIds) {
    for (const what of ['step', 'forward', 'epoch'] as const) {
      const own = rows.filter((row) => row.net === net && row.what === what);
      const barFor = (bar: Bar | undefined) => (what === 'step' ? (bar ?? null) : null);
      const add = (title: string, over: number | undefined, under: number | undefined, bar: Bar | null) => {
        if (over !== undefined && under !== undefined) found.push({ net, what, title, value: over / under, bar });
      };
      const msOf = (engine: Engine, where: Where) =>
        own.find((row) => row.engine === engine && row.where === where)?.ms;
      const bestStock = (where: Where) => {
        const stock = own.filter((row) => row.engine.startsWith('tfjs-') && row.where === where);
        return stock.toSorted((a, b) => a.ms - b.ms)[0];
      };
      if (what === 'epoch') {
        add('ours in the browser / torch-1', msOf('ours', 'browser'), msOf('torch-1', 'node'), epochAgainstTorch);
        continue;
      }
      for (const where of places) {
        add(`ours-1 / torch-1, ${where}`, msOf('ours-1', where), msOf('torch-1', 'node'), barFor(againstTorch[net]));
        add(`ours / torch-n, ${where}`, msOf('ours', where), msOf('torch-n', 'node'), null);
      }
      for (const where of places) {
        const stock = bestStock(where);
        add(`${stock?.engine ?? ''} / ours, ${where}`, stock?.ms, msOf('ours', where), barFor(againstStock[net]));
      }
      for (const engine of ['ours-1', 'ours'] as const) {
        add(
          `${engine} in the browser / in Node`,
          msOf(engine, 'browser'),
          msOf(engine, 'node'),
          barFor(browserAgainstNode),
        );
      }
    }
  }
  return found;
}

export const titleOf = (net: NetId): string => networks[net].title;
