import { Handle, NodeToolbar, Position as Side, useConnection, type NodeProps } from '@xyflow/react';
import { memo, useState } from 'react';
import { formatShape, sameShape, type Shape } from '@/core/shape';
import type { GraphNode } from '@/graph/document';
import { blockOf, readUse } from '@/graph/blocks';
import { faceIn } from '@/graph/face';
import { definitionOf, inputName, outputNames, portOffset } from '@/graph/ports';
import { openBlock } from '@/state/commands/blocks';
import { compilationOf } from '@/state/compilation';
import { wireOutcome } from '@/state/wiring';
import { useApp, useCanvas, useDocument, useRun } from '../useApp';
import { blockLook, lookOf } from './families';
import { inputHandle, outputHandle, portOf, type LayerFlowNode } from './flow';
import { ProblemCard } from './ProblemCard';

/** `node.port` of the output that a wire is being drawn from, by mouse or by keyboard; empty when none is. */
function useWireOrigin(): string {
  const dragged = useConnection((connection) =>
    connection.inProgress && connection.fromHandle.type === 'source'
      ? `${connection.fromHandle.nodeId}.${connection.fromHandle.id}`
      : '',
  );
  const keyed = useCanvas(({ wiring }) => (wiring ? `${wiring.from.node}.${outputHandle(wiring.from.port)}` : ''));
  return dragged || keyed;
}

/** Whether an input port can take the wire that is being drawn. */
function useReception(node: string, port: number): 'idle' | 'can' | 'cannot' {
  const { documents } = useApp();
  const origin = useWireOrigin();
  if (!origin) return 'idle';
  const [from = '', handle] = origin.split('.');
  if (from === node) return 'cannot';
  return wireOutcome(documents.getState().drawing, portOf(from, handle), { node, port }).problem ? 'cannot' : 'can';
}

/** Ports are placed from inside the card's border, wires from its outer edge. */
const border = 1;

interface InputPortProps {
  readonly node: GraphNode;
  readonly port: number;
  readonly count: number;
  readonly free: boolean;
}

function InputPort({ node: layer, port, count, free }: InputPortProps) {
  const node = layer.id;
  const reception = useReception(node, port);
  const own = useDocument(({ drawing }) => inputName(drawing, layer, port));
  const aimed = useCanvas(({ wiring }) => wiring?.target?.node === node && wiring.target.port === port);
  return (
    <Handle
      type="target"
      id={inputHandle(port)}
      role="img"
      aria-label={count > 1 ? `${capitalised(own)} of ${layer.name}` : `Input of ${layer.name}`}
      title={count > 1 ? own : undefined}
      position={Side.Top}
      style={{ left: portOffset(port, count) - border }}
      className={`port ${free ? 'port-free' : ''} ${reception === 'idle' ? '' : `port-${reception}`} ${aimed ? 'port-aimed' : ''}`}
    />
  );
}

const capitalised = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);

/** `2 × 14×14×3` where several outputs are alike, else the first one’s and how many more there are. */
function outputsText([first, ...others]: readonly Shape[]): string {
  if (!first) return '';
  if (others.length === 0) return formatShape(first);
  const alike = others.every((shape) => sameShape(shape, first));
  return alike ? `${others.length + 1} × ${formatShape(first)}` : `${formatShape(first)} +${others.length}`;
}

/** One layer on the canvas: name, kind, telling parameters, output shape. */
export const LayerNode = memo(function LayerNode({ id, data, selected, dragging }: NodeProps<LayerFlowNode>) {
  const app = useApp();
  const { node, inputs, outputs, variadic } = data;
  const [hovered, setHovered] = useState(false);
  const shape = useDocument(({ drawing: document }) => {
    return outputsText(compilationOf(document).nodes.get(id)?.outputs ?? []);
  });
  const severity = useDocument(({ drawing: document }) => {
    const problems = compilationOf(document).nodes.get(id)?.problems ?? [];
    return problems.some((problem) => problem.severity === 'error') ? 'error' : problems.length > 0 ? 'warning' : null;
  });
  const wiring = useWireOrigin() !== '';
  const alone = useDocument(({ selection }) => selection.size === 1);
  const learning = useRun(({ status, job }) => status === 'running' && (job?.plan.layers.some((layer) => layer.node === id || layer.node.startsWith(`${id}/`)) ?? false));
  const drawing = useDocument((state) => state.drawing);
  const params = useDocument(({ drawing: document }) => compilationOf(document).nodes.get(id)?.params ?? null);
  const face = faceIn(drawing, node, params);
  const block = blockOf(drawing, node);
  const names = outputs > 1 ? outputNames(drawing, node) : [];
  const look = block ? blockLook : lookOf(definitionOf(node)?.family);
  const Icon = look.icon;
  const outline = severity === 'error' ? 'border-error' : severity ? 'border-warn' : 'border-line';
  return (
    <div
      role="group"
      aria-label={node.name}
      className={`layer-node relative h-[52px] w-[176px] rounded-[10px] border bg-panel shadow-card ${outline} ${selected ? 'layer-selected' : ''} ${block ? (readUse(node)?.repeat === undefined ? 'layer-block' : 'layer-block layer-repeated') : ''}`}
      onPointerEnter={() => setHovered(true)}
      onPointerLeave={() => setHovered(false)}
      onDoubleClick={block && (() => openBlock(app, id))}
      data-severity={severity ?? undefined}
    >
      <span className="absolute top-2 bottom-2 left-[-1px] w-1 rounded-r-[3px]" style={{ background: look.color }} />
      <div className="flex h-full flex-col justify-center gap-0.5 overflow-hidden pr-2 pl-[11px]">
        <div className="flex items-center gap-1 leading-[18px]">
          <Icon size={11} strokeWidth={2.2} className="shrink-0" style={{ color: look.color }} aria-hidden />
          <span className="shrink-0 truncate font-semibold" style={{ maxWidth: 92 }}>
            {node.name}
          </span>
          <span className="ml-auto truncate pl-0.5 text-xs tracking-[-0.02em] text-muted">{face.kind}</span>
        </div>
        <div className="flex items-baseline gap-2 text-xs leading-4 text-muted">
          <span className="truncate">{face.telling}</span>
          <span className="mono ml-auto shrink-0 text-ink">{shape || '—'}</span>
        </div>
      </div>
      {learning && <span className="learning" aria-hidden />}
      {Array.from({ length: inputs }, (_, port) => (
        <InputPort key={port} node={node} port={port} count={inputs} free={variadic && port === inputs - 1} />
      ))}
      {Array.from({ length: outputs }, (_, port) => (
        <Handle
          key={port}
          type="source"
          id={outputHandle(port)}
          role="img"
          aria-label={outputs > 1 ? `${capitalised(names[port] ?? `output ${port + 1}`)} of ${node.name}` : `Output of ${node.name}`}
          title={outputs > 1 ? names[port] : undefined}
          position={Side.Bottom}
          style={{ left: portOffset(port, outputs) - border }}
          className="port"
        />
      ))}
      {severity && !dragging && !wiring && ((selected && alone) || hovered) && (
        <NodeToolbar isVisible position={Side.Right} align="start" offset={10}>
          <ProblemCard node={id} onPointerEnter={() => setHovered(true)} onPointerLeave={() => setHovered(false)} />
        </NodeToolbar>
      )}
    </div>
  );
});
