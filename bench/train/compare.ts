import { type Row, sameRow } from './rows';

/** How a row moved since another run, against PyTorch's single thread of the same run each time. */
export interface Change {
  readonly row: Row;
  /** Ratio to torch-1, then and now. */
  readonly before: number;
  readonly now: number;
  /** 0.2: a fifth slower. */
  readonly change: number;
  /** The change that the spreads of the four medians explain. */
  readonly noise: number;
  readonly regressed: boolean;
}

/** However steady the medians: processes differ by so much from run to run. */
const LEAST_NOISE = 0.1;

const relative = ({ ms, spread }: Row) => spread / ms;

/** PyTorch's rows are the measure, and so are left out; so is what one of the runs lacks. */
export function changesOf(rows: readonly Row[], before: readonly Row[]): readonly Change[] {
  return rows.flatMap((row): readonly Change[] => {
    const measure = { net: row.net, batch: row.batch, engine: 'torch-1', where: 'node', what: row.what } as const;
    const then = before.find(sameRow(row));
    const torchNow = rows.find(sameRow(measure));
    const torchThen = before.find(sameRow(measure));
    if (row.engine === 'torch-1' || !then || !torchNow || !torchThen) return [];
    const ratioNow = row.ms / torchNow.ms;
    const ratioThen = then.ms / torchThen.ms;
    const change = ratioNow / ratioThen - 1;
    const noise = Math.max(LEAST_NOISE, Math.hypot(...[row, then, torchNow, torchThen].map(relative)));
    return [
      {
        row,
        before: ratioThen,
        now: ratioNow,
        change,
        noise,
        regressed: change > noise && row.engine.startsWith('ours'),
      },
    ];
  });
}
