import { Trash2 } from 'lucide-react';
import { totalOf } from '@/compiler/cost';
import type { GraphNode } from '@/graph/document';
import { removeEdits } from '@/graph/wire';
import { Button } from '../components/Button';
import { Card } from '../components/Card';
import { bytes, count, plural } from '../components/format';
import { KeyValue } from '../components/KeyValue';
import { useApp, useCompilation } from '../useApp';

/** Several layers at once: what they come to together. */
export function SeveralSelected({ nodes }: { readonly nodes: readonly GraphNode[] }) {
  const { documents } = useApp();
  const compilation = useCompilation();
  const costs = nodes.map((node) => compilation.nodes.get(node.id)?.cost ?? null);
  const known = costs.filter((cost) => cost !== null);
  const total = totalOf(known);
  return (
    <div className="flex flex-col gap-3 p-3.5">
      <p>
        <b>{plural(nodes.length, 'layer')}</b> selected.
        {known.length < nodes.length && (
          <span className="text-muted"> The costs of {count(nodes.length - known.length)} are not known yet.</span>
        )}
      </p>
      <Card title="Together, for one example">
        <KeyValue
          rows={[
            ['parameters', count(total.params)],
            ['trainable', count(total.trainable)],
            ['multiply-adds', count(total.macs)],
            ['activations', bytes(total.activationBytes)],
          ]}
        />
      </Card>
      <div>
        <Button
          onClick={() =>
            documents
              .getState()
              .edit(
                `delete ${plural(nodes.length, 'layer')}`,
                removeEdits(documents.getState().drawing, new Set(nodes.map((node) => node.id))),
                { select: [] },
              )
          }
        >
          <Trash2 size={14} aria-hidden /> Delete them
        </Button>
      </div>
    </div>
  );
}
