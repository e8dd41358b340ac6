import '@xyflow/react/dist/style.css';
import './canvas.css';
import {
  Background,
  BackgroundVariant,
  ReactFlow,
  ReactFlowProvider,
  SelectionMode,
  useReactFlow,
  type Connection,
  type EdgeChange,
  type FinalConnectionState,
  type NodeChange,
} from '@xyflow/react';
import { useMemo, useRef, type DragEvent } from 'react';
import { edgeId, type Edge, type Port, type Position } from '@/graph/document';
import { nodeSize } from '@/graph/factory';
import { freeInputs, inputCount, nodesById } from '@/graph/ports';
import { connectEdits, passesThrough } from '@/graph/wire';
import { layers } from '@/layers/registry';
import { openChosen } from '@/state/files';
import { addLayer } from '@/state/insertion';
import { addTemplate } from '@/state/templates';
import { wireOutcome } from '@/state/wiring';
import { layerDragType, templateDragType } from '../palette/LayerSearch';
import { useApp, useDocument } from '../useApp';
import { AddSearch } from './AddSearch';
import { CanvasControls } from './CanvasControls';
import { Crumbs } from './Crumbs';
import { EmptyState } from './EmptyState';
import { flowEdges, flowNodes, portOf, type LayerFlowNode, type WireFlowEdge } from './flow';
import { LayerNode } from './LayerNode';
import { Overview } from './Overview';
import { useDisplayed } from './useDisplayed';
import { useViewport } from './useViewport';
import { WireEdge } from './WireEdge';
import { WireReason } from './WireReason';
import { WiringPanel } from './WiringPanel';

const nodeTypes = { layer: LayerNode };
const edgeTypes = { wire: WireEdge };
const snapGrid: [number, number] = [4, 4];
const noDelete = null;

export function Canvas() {
  return (
    <ReactFlowProvider>
      <CanvasFlow />
    </ReactFlowProvider>
  );
}

function CanvasFlow() {
  const app = useApp();
  const { documents, canvas } = app;
  const flow = useReactFlow<LayerFlowNode, WireFlowEdge>();
  const region = useRef<HTMLDivElement>(null);
  const document = useDocument((state) => state.drawing);
  const selection = useDocument((state) => state.selection);
  const { moving, drag, drop } = useDisplayed();
  useViewport(region);

  const nodes = useMemo(() => flowNodes(document, selection, moving), [document, selection, moving]);
  const edges = useMemo(() => flowEdges(document, selection), [document, selection]);

  const select = (changes: readonly (NodeChange<LayerFlowNode> | EdgeChange<WireFlowEdge>)[]) => {
    const present = documents.getState().selection;
    const next = new Set(present);
    for (const change of changes) {
      if (change.type !== 'select') continue;
      if (change.selected) next.add(change.id);
      else next.delete(change.id);
    }
    if (next.size !== present.size || [...next].some((id) => !present.has(id))) documents.getState().select(next);
  };

  const onNodesChange = (changes: NodeChange<LayerFlowNode>[]) => {
    select(changes);
    const positions = new Map<string, Position>();
    let ended = false;
    for (const change of changes) {
      if (change.type !== 'position') continue;
      if (change.position) positions.set(change.id, change.position);
      if (!change.dragging) ended = true;
    }
    if (positions.size > 0) drag(positions);
    if (ended) {
      const dropped = drop();
      const names = Object.keys(dropped);
      if (names.length > 0) documents.getState().edit(names.length === 1 ? `move ${names[0]}` : 'move', [{ kind: 'move', positions: dropped }]);
    }
  };

  const connect = (from: Port, to: Port) => {
    const { drawing: present, edit } = documents.getState();
    edit('wire', connectEdits(present, from, to));
  };
  const onConnect = ({ source, sourceHandle, target, targetHandle }: Connection) =>
    connect(portOf(source, sourceHandle), portOf(target, targetHandle));

  const isValidConnection = ({ source, sourceHandle, target, targetHandle }: Connection | WireFlowEdge) =>
    wireOutcome(documents.getState().drawing, portOf(source, sourceHandle), portOf(target, targetHandle)).problem === null;

  /** Dropped beside a port: on a node it takes the first input that fits, on the empty canvas it asks what to add. */
  const onConnectEnd = (event: MouseEvent | TouchEvent, state: FinalConnectionState) => {
    if (state.isValid || !state.fromHandle || state.fromHandle.type !== 'source' || !('clientX' in event)) return;
    const from = portOf(state.fromHandle.nodeId, state.fromHandle.id);
    const screen = { x: event.clientX, y: event.clientY };
    const under = window.document.elementFromPoint(screen.x, screen.y);
    const id = under?.closest<HTMLElement>('.react-flow__node')?.dataset.id;
    const present = documents.getState().drawing;
    const node = id === undefined ? undefined : nodesById(present).get(id);
    if (node && node.id !== from.node) {
      const count = inputCount(present, node);
      const ports = [...freeInputs(present, node), ...(count === 1 ? [{ node: node.id, port: 0 }] : [])];
      const problems = ports.map((port) => ({ port, problem: wireOutcome(present, from, port).problem }));
      const fits = problems.find(({ problem }) => problem === null);
      const why = problems[0]?.problem?.message;
      if (fits) connect(from, fits.port);
      else if (why) canvas.getState().announce(why);
    } else if (!node && under?.closest('.react-flow__pane')) {
      canvas.getState().set({ adding: { at: flow.screenToFlowPosition(screen), screen, from } });
    }
  };

  const onReconnect = (old: WireFlowEdge, { source, sourceHandle, target, targetHandle }: Connection) => {
    const { drawing: present, edit } = documents.getState();
    const to = portOf(target, targetHandle);
    edit('rewire', [{ kind: 'disconnect', edges: [old.id] }, ...connectEdits(present, portOf(source, sourceHandle), to)], {
      select: [],
    });
  };

  /** The wire under a point of the screen, for a layer that is dropped into it. */
  const wireAt = (x: number, y: number): Edge | undefined => {
    const id = window.document
      .elementsFromPoint(x, y)
      .map((element) => element.closest<SVGElement>('.react-flow__edge')?.dataset.id)
      .find((found) => found !== undefined);
    return documents.getState().drawing.edges.find((edge) => edgeId(edge) === id);
  };

  const onDrop = (event: DragEvent) => {
    event.preventDefault();
    const files = [...event.dataTransfer.files];
    if (files.length > 0) return void openChosen(app, files);
    const type = event.dataTransfer.getData(layerDragType);
    const template = event.dataTransfer.getData(templateDragType);
    const definition = layers.get(type);
    if (!definition && !template) return;
    const point = flow.screenToFlowPosition({ x: event.clientX, y: event.clientY });
    const at = {
      x: Math.round((point.x - nodeSize.width / 2) / 4) * 4,
      y: Math.round((point.y - nodeSize.height / 2) / 4) * 4,
    };
    const into = !definition || passesThrough(definition) ? wireAt(event.clientX, event.clientY) : undefined;
    const place = into ? { at, into } : { at, from: null };
    if (definition) addLayer(app, type, place);
    else addTemplate(app, template, place);
    region.current?.focus({ preventScroll: true });
  };

  return (
    <div
      ref={region}
      data-canvas
      tabIndex={0}
      role="application"
      aria-label="Network canvas"
      aria-describedby="canvas-help"
      className="relative h-full w-full outline-none focus-visible:shadow-[inset_0_0_0_2px_var(--accent)]"
      onDragOver={(event) => {
        event.preventDefault();
        event.dataTransfer.dropEffect = event.dataTransfer.types.includes('Files') ? 'copy' : 'move';
      }}
      onDrop={onDrop}
    >
      <p id="canvas-help" className="sr-only">
        Arrow keys lead from layer to layer, W wires, slash searches the layers, question mark lists all keys.
      </p>
      <ReactFlow<LayerFlowNode, WireFlowEdge>
        nodes={nodes}
        edges={edges}
        nodeTypes={nodeTypes}
        edgeTypes={edgeTypes}
        onNodesChange={onNodesChange}
        onEdgesChange={select}
        onConnect={onConnect}
        onConnectEnd={onConnectEnd}
        onReconnect={onReconnect}
        isValidConnection={isValidConnection}
        onPointerDownCapture={() => region.current?.focus({ preventScroll: true })}
        onDoubleClick={(event) => {
          if (!(event.target instanceof Element) || !event.target.classList.contains('react-flow__pane')) return;
          const screen = { x: event.clientX, y: event.clientY };
          canvas.getState().set({ adding: { at: flow.screenToFlowPosition(screen), screen, from: null } });
        }}
        zoomOnDoubleClick={false}
        connectionRadius={26}
        connectionLineStyle={{ stroke: 'var(--accent)', strokeWidth: 1.8 }}
        snapToGrid
        snapGrid={snapGrid}
        selectionMode={SelectionMode.Partial}
        multiSelectionKeyCode={['Meta', 'Control', 'Shift']}
        deleteKeyCode={noDelete}
        disableKeyboardA11y
        nodesFocusable={false}
        edgesFocusable={false}
        onlyRenderVisibleElements
        minZoom={0.1}
        maxZoom={2.5}
        elevateNodesOnSelect
      >
        <Background variant={BackgroundVariant.Dots} gap={20} size={1.2} color="var(--grid)" />
        <Overview />
        <WireReason />
      </ReactFlow>
      {document.nodes.length === 0 && <EmptyState />}
      <Crumbs />
      <CanvasControls />
      <WiringPanel />
      <AddSearch />
    </div>
  );
}
