import { describe, expect, it } from 'vitest';
import { compile } from '@/compiler/compile';
import { layers } from '@/layers/registry';
import { emptyDocument, type LoomDocument } from '@/graph/document';
import { templates } from '@/graph/template';
import { addTemplate } from './templates';
import { testDesk } from './testing';

const image = (channels: number): LoomDocument => ({
  ...emptyDocument('test'),
  dataset: null,
  nodes: [
    { id: 'in', type: 'input', version: 1, name: 'in', params: { shape: [8, 8, channels] }, position: { x: 0, y: 0 } },
    { id: 'out', type: 'output', version: 1, name: 'out', params: {}, position: { x: 0, y: 96 } },
  ],
  edges: [{ from: { node: 'in', port: 0 }, to: { node: 'out', port: 0 } }],
});

describe('templates', () => {
  it('are made of layers that there are', () => {
    for (const { fragment, title } of templates.values()) {
      for (const { type } of fragment(null).nodes) expect(layers.has(type), `${title}: ${type}`).toBe(true);
    }
  });

  it('squeeze-and-excite goes into a wire: 32 channels through 2 units, 2·32·32/16 + 2 + 32 weights, the shape kept', () => {
    const desk = testDesk(image(32));
    const [wire] = desk.documents.getState().document.edges;
    addTemplate(desk, 'squeezeExcite', { into: wire });
    const { document } = desk.documents.getState();
    const { plan, problems } = compile(document);
    expect(problems).toEqual([]);
    expect(plan?.layers.at(-1)?.outputs).toEqual([[null, 8, 8, 32]]);
    expect(plan?.totals.params).toBe((2 * 32 * 32) / 16 + 2 + 32);
    expect(document.nodes.find(({ id }) => id === 'out')!.position.y).toBeGreaterThan(
      Math.max(...document.nodes.filter(({ id }) => id !== 'out').map(({ position }) => position.y)),
    );
    desk.documents.getState().undo();
    expect(desk.documents.getState().document.nodes).toHaveLength(2);
  });
});
