import { neighbour, nodesById, outputCount, type Direction } from '@/graph/ports';
import { describeNode } from '../describe';
import type { Desk } from '../desk';
import { selectedNode } from '../insertion';
import { command } from './define';

const directions: readonly Direction[] = ['up', 'down', 'left', 'right'];
const steps = { up: { x: 0, y: -1 }, down: { x: 0, y: 1 }, left: { x: -1, y: 0 }, right: { x: 1, y: 0 } } as const;
const hasNodes = ({ documents }: Desk) => documents.getState().drawing.nodes.length > 0;

/** Arrow keys lead from layer to layer. */
export const goCommands = directions.map((direction) =>
  command({
    id: `select.${direction}`,
    group: 'Edit',
    title: `Select the layer ${direction === 'up' ? 'above' : direction === 'down' ? 'below' : `to the ${direction}`}`,
    keys: [direction],
    onCanvas: true,
    listed: false,
    enabled: hasNodes,
    run: ({ documents, view, canvas, ...desk }) => {
      const { drawing: document, selection, select } = documents.getState();
      const byId = nodesById(document);
      const from = [...selection].filter((id) => byId.has(id)).at(-1);
      const next = from === undefined ? (document.nodes[0]?.id ?? null) : neighbour(document, from, direction);
      if (next === null) return canvas.getState().announce(`Nothing ${direction} of here.`);
      select([next]);
      view.getState().revealNode(next);
      canvas.getState().announce(describeNode({ documents, run: desk.run }, next));
    },
  }),
);

const stride = 16;

/** Shift and an arrow move what is selected; presses in a row are one step of undo. */
export const moveCommands = directions.map((direction) =>
  command({
    id: `move.${direction}`,
    group: 'Edit',
    title: `Move ${direction}`,
    keys: [`shift+${direction}`, `alt+${direction}`],
    onCanvas: true,
    listed: false,
    history: 'record',
    enabled: ({ documents }) => documents.getState().selection.size > 0,
    run: ({ documents }) => {
      const { drawing: document, selection, edit } = documents.getState();
      const positions = Object.fromEntries(
        document.nodes
          .filter((node) => selection.has(node.id))
          .map(({ id, position }) => [
            id,
            { x: position.x + stride * steps[direction].x, y: position.y + stride * steps[direction].y },
          ]),
      );
      edit('move', [{ kind: 'move', positions }], { mark: `move:${[...selection].join()}` });
    },
  }),
);

/** Begins port-to-port wiring at the selected layer. */
export const wire = command({
  id: 'edit.wire',
  group: 'Edit',
  title: 'Wire from the selected layer',
  keys: ['w'],
  onCanvas: true,
  history: 'record',
  keywords: ['connect', 'edge', 'port'],
  enabled: hasNodes,
  run: (desk) => {
    const { documents, canvas } = desk;
    const id = selectedNode(desk);
    const { drawing: document } = documents.getState();
    const node = id === null ? undefined : nodesById(document).get(id);
    if (!node) return canvas.getState().announce('Select one layer first; the wire begins there.');
    if (outputCount(document, node) === 0) {
      return canvas.getState().announce(`${node.name} has no output to wire from.`);
    }
    canvas.getState().set({ wiring: { from: { node: node.id, port: 0 }, target: null } });
  },
});
