import type { Shape } from '@/core/shape';
import type { FieldStep, LayerDefinition } from '@/layers/define';
import type { AxisField, Field, Fields, NodeReport } from './compilation';
import type { Skeleton } from './skeleton';

/** Output i looks at `[start + i·stride, start + i·stride + size − 1]`; fractions are rounded when all is done. */
interface Span {
  readonly size: number;
  readonly stride: number;
  readonly start: number;
}
type Spans = readonly Span[] | 'all';

const spatial = (shape: Shape | null | undefined): Shape => shape?.slice(1, -1) ?? [];
const sameAxes = (a: Shape, b: Shape) => a.length === b.length && a.every((size, axis) => size === b[axis]);

/** r ← r + (k − 1)·j, j ← j·s, start ← start − p·j. Araujo, Norris & Sim 2019, eq. 2 and 3, read from the input on. */
const through = (span: Span, { reach, stride, before }: FieldStep): Span => ({
  size: span.size + (reach - 1) * span.stride,
  stride: span.stride * stride,
  start: span.start - before * span.stride,
});

/** Paths that meet see what each of them sees. With unequal strides outputs see unlike much: the most is at an end. */
function union(a: Span, b: Span, outputs: number): Span {
  const size = (i: number) =>
    Math.max(a.start + i * a.stride + a.size, b.start + i * b.stride + b.size) - Math.min(a.start + i * a.stride, b.start + i * b.stride);
  return {
    size: a.stride === b.stride ? size(0) : Math.max(size(0), size(outputs - 1)),
    stride: Math.max(a.stride, b.stride),
    start: Math.min(a.start, b.start),
  };
}

function meeting(a: Spans, b: Spans, axes: Shape): Spans {
  if (a === 'all' || b === 'all' || a.length !== b.length) return 'all';
  return a.map((span, axis) => union(span, b[axis]!, axes[axis] ?? 1));
}

function stepped(spans: Spans, steps: readonly FieldStep[] | 'all'): Spans {
  if (spans === 'all' || steps === 'all' || steps.length !== spans.length) return 'all';
  return spans.map((span, axis) => through(span, steps[axis]!));
}

const inPlace: FieldStep = { reach: 1, stride: 1, before: 0 };

/** Where a layer looks; its own place where it says nothing and the spatial axes stay as they are. */
function stepsOf(definition: LayerDefinition, { inputs, outputs, params }: NodeReport): readonly FieldStep[] | 'all' {
  const shapes = inputs.filter((shape) => shape !== null);
  if (definition.field && params) return definition.field(shapes, outputs ?? [], params);
  const after = spatial(outputs?.[0]);
  return shapes.every((shape) => sameAxes(spatial(shape), after)) ? after.map(() => inPlace) : 'all';
}

/** Ten digits, so that a third of a cell three times over is a cell. */
const settled = (value: number) => Number(value.toFixed(10));

function fieldOf({ size, stride, start }: Span): AxisField {
  const first = Math.floor(settled(start));
  const cells = Math.ceil(settled(size));
  return { size: cells, stride: settled(stride), centre: first + (cells - 1) / 2 };
}

/**
 * Receptive fields of all layers whose shapes are known, by node id.
 * Araujo, Norris & Sim 2019, "Computing receptive fields of convolutional neural networks", Distill.
 */
export function fieldsOf(skeleton: Skeleton, reports: readonly NodeReport[]): ReadonlyMap<string, Fields> {
  const spansAt: (ReadonlyMap<string, Spans> | null)[] = [];
  const fields = new Map<string, Fields>();
  reports.forEach((report, place) => {
    const { definition, sources } = skeleton.places[place]!;
    const spans = definition && sources && report.outputs ? spansOf(definition, report, sources.map((source) => spansAt[source.place] ?? null)) : null;
    spansAt.push(spans);
    if (!spans) return;
    fields.set(
      report.node,
      [...spans].map(([input, axes]) => ({ input, axes: axes === 'all' ? axes : axes.map(fieldOf) })),
    );
  });
  return fields;
}

function spansOf(
  definition: LayerDefinition,
  report: NodeReport,
  before: readonly (ReadonlyMap<string, Spans> | null)[],
): ReadonlyMap<string, Spans> {
  const axes = spatial(report.outputs?.[0]);
  if (definition.role === 'source') return new Map([[report.node, axes.map((): Span => ({ size: 1, stride: 1, start: 0 }))]]);
  const steps = stepsOf(definition, report);
  const met = new Map<string, Spans>();
  for (const fields of before) {
    for (const [input, reached] of fields ?? []) {
      const spans = stepped(reached, steps);
      const other = met.get(input);
      met.set(input, other === undefined ? spans : meeting(other, spans, axes));
    }
  }
  return met;
}

/** `5×5`, `all of the input`; `null` where there are no axes to look along. */
export function fieldText(axes: Field['axes']): string | null {
  if (axes === 'all') return 'all of the input';
  return axes.length > 0 ? axes.map(({ size }) => size).join('×') : null;
}
