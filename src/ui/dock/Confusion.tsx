import { useState } from 'react';
import { classes as joined } from '../components/classes';
import { count } from '../components/format';

interface ConfusionProps {
  /** `validation` or `test`. */
  readonly of: string;
  /** Rows: true class, columns: predicted class. */
  readonly matrix: readonly (readonly number[])[];
  readonly classes: readonly string[];
}

const total = (row: readonly number[]) => row.reduce((sum, cell) => sum + cell, 0);
const percentOf = (cell: number, row: readonly number[]) => (cell === 0 ? 0 : (100 * cell) / total(row));

/** How often each class was taken for which: each row shaded by its own shares. */
export function Confusion({ of, matrix, classes }: ConfusionProps) {
  const [at, setAt] = useState<readonly [number, number] | null>(null);
  const name = (index: number) => classes[index] ?? `class ${index}`;
  const cell = (row: number, column: number) => matrix[row]?.[column] ?? 0;
  const sentence = (row: number, column: number) => {
    const all = matrix[row] ?? [];
    const share = `${percentOf(cell(row, column), all).toFixed(1)} %`;
    const verdict = row === column ? 'taken as such' : `taken for ${name(column)}`;
    return `${name(row)} ${verdict}: ${count(cell(row, column))} of ${count(total(all))}, ${share}`;
  };
  return (
    <div className="relative flex h-full min-h-0 flex-col gap-1.5">
      <p className="text-xs text-muted">Confusion, {of}</p>
      {at && (
        <p
          className={joined(
            'absolute top-5 right-full z-10 mr-2 w-44 rounded-md border border-line bg-panel',
            'px-2 py-1 text-xs shadow-card',
          )}
        >
          {sentence(at[0], at[1])}
        </p>
      )}
      <div className="[container-type:size] min-h-28 flex-1">
        <table
          className="size-[min(100cqw,100cqh)] table-fixed border-separate border-spacing-[1.5px]"
          onPointerLeave={() => setAt(null)}
        >
          <caption className="sr-only">
            Confusion matrix of the {of} examples: a row per true class, a column per predicted class.
          </caption>
          <thead className="sr-only">
            <tr>
              <th scope="col">true class</th>
              {matrix.map((_, column) => (
                <th key={column} scope="col">
                  {name(column)}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {matrix.map((row, r) => (
              <tr key={r}>
                <th scope="row" className="sr-only">
                  {name(r)}
                </th>
                {row.map((value, c) => (
                  <td
                    key={c}
                    className="rounded-[2px] p-0"
                    style={{
                      background: `color-mix(in oklab, var(--accent) ${percentOf(value, row)}%, var(--line))`,
                      outline: at?.[0] === r && at[1] === c ? '1.5px solid var(--ink)' : undefined,
                    }}
                    onPointerEnter={() => setAt([r, c])}
                  >
                    <span className="sr-only">{value}</span>
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </div>
  );
}
