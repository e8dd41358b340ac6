import type { NodeReport } from '@/compiler/compilation';
import type { Fields } from '@/compiler/compilation';
import { fieldText } from '@/compiler/field';
import { formatShape, type Shape } from '@/core/shape';
import { Card } from '../components/Card';
import { bytes, count } from '../components/format';
import { KeyValue } from '../components/KeyValue';

const shapesText = (shapes: readonly (Shape | null)[]) =>
  shapes.map((shape) => (shape ? formatShape(shape) : '?')).join(', ');

/** A number for each axis, or one where axes agree. */
const axesText = (values: readonly number[]) => {
  const texts = values.map((value) => Number(value.toFixed(3)).toLocaleString('en'));
  return new Set(texts).size === 1 ? texts[0] : texts.join(', ');
};

interface CostCardProps {
  readonly report: NodeReport;
  readonly fields: Fields;
  readonly nameOf: (id: string) => string;
}

/** What the layer makes of its input, what that takes for one example, and what of the input it sees. */
export function CostCard({ report, fields, nameOf }: CostCardProps) {
  const { inputs, outputs, cost } = report;
  const seen = fields.flatMap(({ input, axes }) => {
    const size = fieldText(axes);
    if (size === null) return [];
    const of = fields.length > 1 ? ` of ${nameOf(input)}` : '';
    return [
      [`receptive field${of}`, size] as const,
      ...(axes === 'all'
        ? []
        : [
            [`· its stride${of}`, axesText(axes.map(({ stride }) => stride))] as const,
            [`· its first centre${of}`, axesText(axes.map(({ centre }) => centre))] as const,
          ]),
    ];
  });
  return (
    <Card title="Shape and cost of one example">
      <KeyValue
        rows={[
          ['input', inputs.length > 0 ? shapesText(inputs) : null],
          ['output', outputs ? shapesText(outputs) : '?'],
          ['parameters', cost && count(cost.params)],
          ['trainable', cost && cost.trainable !== cost.params ? count(cost.trainable) : null],
          ['multiply-adds', cost && count(cost.macs)],
          ['activations', cost && bytes(cost.activationBytes)],
          ...(report.cost ? seen : []),
        ]}
      />
    </Card>
  );
}
