import type { NodeReport } from '@/compiler/compilation';
import { formatShape, type Shape } from '@/core/shape';
import { Card } from '../components/Card';
import { bytes, count } from '../components/format';
import { KeyValue } from '../components/KeyValue';

const shapesText = (shapes: readonly (Shape | null)[]) =>
  shapes.map((shape) => (shape ? formatShape(shape) : '?')).join(', ');

/** What the layer makes of its input, and what that takes for one example. */
export function CostCard({ report }: { readonly report: NodeReport }) {
  const { inputs, outputs, cost } = report;
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
        ]}
      />
    </Card>
  );
}
