import { useState } from 'react';
import { ToggleGroup } from 'radix-ui';
import { accuracy, count, loss } from '../components/format';
import { Chart, type ChartSeries } from './Chart';
import { lossCeiling, type Curve } from './curve';

interface CurvesProps {
  readonly loss: Curve;
  /** `null` where the run has no accuracy. */
  readonly accuracy: Curve | null;
  readonly totalSteps: number;
}

const series: readonly ChartSeries[] = [
  { colour: '--accent', alpha: 0.25, width: 1 },
  { colour: '--accent' },
  { colour: '--family-dense', points: true },
];

/** The value at an index, or the last before it; without an index the newest. */
const at = (column: readonly (number | null)[], index: number | null) =>
  column.slice(0, index === null ? undefined : index + 1).findLast((value) => value !== null) ?? null;

/** Loss or accuracy over the steps: raw in a faint line, smoothed on top, validation at the epochs' ends. */
export function Curves(props: CurvesProps) {
  const [chosen, setChosen] = useState<'loss' | 'accuracy'>('loss');
  const [pointed, setPointed] = useState<number | null>(null);
  const shown = props.accuracy ? chosen : 'loss';
  const curve = (shown === 'accuracy' ? props.accuracy : null) ?? props.loss;
  const text = shown === 'accuracy' ? accuracy : loss;
  const index = pointed !== null && pointed < curve.x.length ? pointed : null;
  const value = at(curve.smoothed, index);
  const validation = at(curve.validation, index);
  const last = curve.x.at(-1) ?? 0;
  const described = [
    `now ${value === null ? 'unknown' : text(value)}`,
    ...(validation === null ? [] : [`validation ${text(validation)}`]),
  ].join(', ');
  return (
    <div className="flex min-h-0 min-w-0 flex-col">
      <div className="flex flex-wrap items-center gap-x-3 text-xs">
        {props.accuracy && (
          <ToggleGroup.Root
            type="single"
            aria-label="Curve"
            value={shown}
            onValueChange={(next) => {
              if (next === 'loss' || next === 'accuracy') setChosen(next);
            }}
            className="flex rounded-md border border-line"
          >
            {(['loss', 'accuracy'] as const).map((name) => (
              <ToggleGroup.Item
                key={name}
                value={name}
                className="rounded-[5px] px-1.5 py-0.5 text-muted data-[state=on]:bg-accent/12 data-[state=on]:text-ink"
              >
                {name}
              </ToggleGroup.Item>
            ))}
          </ToggleGroup.Root>
        )}
        <span className="mono ml-auto text-muted">{index === null ? '' : `step ${count(curve.x[index] ?? 0)}`}</span>
        <span className="text-accent">
          {shown} <span className="mono">{value === null ? '' : text(value)}</span>
        </span>
        <span className="text-(--family-dense)">
          validation <span className="mono">{validation === null ? '' : text(validation)}</span>
        </span>
      </div>
      <Chart
        data={[curve.x, curve.raw, curve.smoothed, curve.validation]}
        series={series}
        xMax={Math.max(1, props.totalSteps, last)}
        yMax={shown === 'accuracy' ? 1 : lossCeiling(curve)}
        label={`${shown} over ${count(last)} steps; ${described}`}
        onPoint={setPointed}
      />
    </div>
  );
}
