import { useEffect, useRef } from 'react';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';

export interface ChartSeries {
  /** A colour of the theme: `--accent`. */
  readonly colour: string;
  readonly alpha?: number;
  readonly width?: number;
  /** Marks single values, where a line alone would not show them. */
  readonly points?: boolean;
}

interface ChartProps {
  /** Column of steps first, then one column per series. */
  readonly data: readonly (readonly (number | null)[])[];
  readonly series: readonly ChartSeries[];
  readonly xMax: number;
  readonly yMax: number;
  /** What the picture shows, for those who don't see it. */
  readonly label: string;
  /** Index of the column that is pointed at. */
  readonly onPoint: (index: number | null) => void;
}

/**
 * Colours as the theme has them now; reading one makes the browser settle its styles, so each is read once per
 * theme.
 */
const colours = new Map<string, string>();
const themed = (name: string) => () => {
  const known = colours.get(name);
  if (known !== undefined) return known;
  const colour = getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  colours.set(name, colour);
  return colour;
};
const axis = {
  stroke: themed('--faint'),
  font: '11px "JetBrains Mono Variable", monospace',
  grid: { stroke: themed('--line'), width: 1 },
  ticks: { show: false },
  gap: 4,
};

/** Steps are whole. */
const stepIncrements = [1, 10, 100, 1e3, 1e4, 1e5, 1e6].flatMap((unit) => [unit, 2 * unit, 5 * unit]);
const stepText = (value: number) => (value >= 10_000 ? `${+(value / 1000).toFixed(1)}k` : value.toLocaleString('en'));

function optionsOf(series: readonly ChartSeries[], onPoint: (index: number | null) => void): uPlot.Options {
  return {
    width: 100,
    height: 100,
    padding: [8, 18, 0, 0],
    legend: { show: false },
    cursor: { drag: { x: false, y: false }, points: { show: false }, y: false },
    scales: { x: { time: false }, y: {} },
    axes: [
      {
        ...axis,
        size: 22,
        space: 70,
        incrs: stepIncrements,
        values: (_, ticks) => ticks.map(stepText),
        grid: { show: false },
      },
      { ...axis, size: 38, space: 28 },
    ],
    series: [
      {},
      ...series.map(({ colour, alpha = 1, width = 1.6, points = false }) => ({
        stroke: themed(colour),
        alpha,
        width,
        spanGaps: true,
        points: { show: points, size: 5, fill: themed(colour), stroke: themed(colour) },
      })),
    ],
    hooks: { setCursor: [(plot) => onPoint(plot.cursor.idx ?? null)] },
  };
}

/** Lines over steps. Draws on a canvas in the theme's colours, as large as its parent. */
export function Chart({ data, series, xMax, yMax, label, onPoint }: ChartProps) {
  const box = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | null>(null);

  useEffect(() => {
    const element = box.current;
    if (!element) return;
    // The theme may have changed while no chart was there to notice.
    colours.clear();
    const made = new uPlot(optionsOf(series, onPoint), [[], ...series.map(() => [])], element);
    plot.current = made;
    const fit = () => made.setSize({ width: element.clientWidth, height: element.clientHeight });
    fit();
    const sizes = new ResizeObserver(fit);
    sizes.observe(element);
    const themes = new MutationObserver(() => {
      colours.clear();
      made.redraw();
    });
    themes.observe(document.documentElement, { attributes: true, attributeFilter: ['data-theme'] });
    return () => {
      sizes.disconnect();
      themes.disconnect();
      made.destroy();
      plot.current = null;
    };
  }, [series, onPoint]);

  useEffect(() => {
    const made = plot.current;
    if (!made) return;
    const [x = [], ...columns] = data;
    made.batch(() => {
      made.setData([x.map((step) => step ?? 0), ...columns.map((column) => [...column])], false);
      made.setScale('x', { min: 0, max: xMax });
      made.setScale('y', { min: 0, max: yMax });
    });
  }, [data, xMax, yMax, series, onPoint]);

  return (
    <div className="relative min-h-0 flex-1">
      <div ref={box} role="img" aria-label={label} className="absolute inset-0" />
    </div>
  );
}
