import { faceIn } from '@/graph/face';
import { wiresInto, wiresFrom, nodesById } from '@/graph/ports';
import { compilationOf } from './compilation';
import type { Desk } from './desk';
import { portShapeText } from './wiring';

/** A layer in one sentence, as a screen reader says it: `conv1, Conv 2D, 28×28×6, from input, to pool1. 1 problem.` */
export function describeNode({ documents }: Pick<Desk, 'documents' | 'run'>, id: string): string {
  const { drawing: document } = documents.getState();
  const byId = nodesById(document);
  const node = byId.get(id);
  if (!node) return '';
  const report = compilationOf(document).nodes.get(id);
  const { kind } = faceIn(document, node);
  const names = (ids: readonly string[]) => ids.map((other) => byId.get(other)?.name ?? other).join(', ');
  const from = names(wiresInto(document, id).map((edge) => edge.from.node));
  const to = names(wiresFrom(document, id).map((edge) => edge.to.node));
  const shape = portShapeText(document, { node: id, port: 0 });
  const problems = report?.problems.map((item) => item.message).join(' ') ?? '';
  return (
    [node.name, kind, shape, from && `from ${from}`, to && `to ${to}`].filter(Boolean).join(', ') +
    `.${problems ? ` ${problems}` : ''}`
  );
}
