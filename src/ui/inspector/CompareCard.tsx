import type { Comparison } from '@/layers/define';
import { Card } from '../components/Card';
import { count } from '../components/format';

/** `1 : 3,025`: what the first form costs to what the last one does. */
function ratioText(first: number, last: number): string {
  const ratio = Math.max(first, last) / Math.max(1, Math.min(first, last));
  const text = ratio >= 10 ? count(Math.round(ratio)) : ratio.toFixed(1);
  return first > last ? `${text} : 1` : `1 : ${text}`;
}

/** What the layer would cost in other forms, a bar for each. */
export function CompareCard({ comparisons }: { readonly comparisons: readonly Comparison[] }) {
  return (
    <Card title="Compared">
      <div className="flex flex-col gap-3">
        {comparisons.map(({ title, rows, reference }) => (
          <Compared key={title} title={title} rows={rows} reference={reference} />
        ))}
      </div>
    </Card>
  );
}

function Compared({ title, rows, reference }: Comparison) {
  const most = Math.max(1, ...rows.map(({ value }) => value));
  return (
    <div>
      <h4 className="mb-1 text-sm">{title}</h4>
      <dl className="flex flex-col gap-y-1">
        {rows.map(({ label, value }) => (
          <div
            key={label}
            className="mono flex justify-between gap-x-3 bg-no-repeat pb-1.5 text-sm"
            style={{
              backgroundImage: 'linear-gradient(var(--accent), var(--accent)), linear-gradient(var(--line), var(--line))',
              backgroundPosition: 'left bottom',
              backgroundSize: `max(2px, ${(100 * value) / most}%) 4px, 100% 4px`,
            }}
          >
            <dt className="text-muted">{label}</dt>
            <dd>{count(value)}</dd>
          </div>
        ))}
      </dl>
      <p className="mt-1 text-xs text-muted">
        {ratioText(rows[0]?.value ?? 0, rows.at(-1)?.value ?? 0)}
        {reference && <span className="block">{reference}</span>}
      </p>
    </div>
  );
}
