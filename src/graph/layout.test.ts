import ELK from 'elkjs';
import { describe, expect, it } from 'vitest';
import { presetSources } from './presets';
import { documentSchema } from './document';
import { nodeSize } from './factory';
import { elkGraph, elkPositions } from './layout';

const documents = [...presetSources].map(([id, source]) => [id, documentSchema.parse(source)] as const);

describe('the automatic layout', () => {
  it.each(documents)('of %s places every node, none over another, inputs above outputs within a column', async (_id, document) => {
    const positions = elkPositions(document, await new ELK().layout(elkGraph(document)));
    const placed = document.nodes.map(({ id }) => positions[id]!);
    expect(placed.every(Boolean)).toBe(true);
    for (const [i, a] of placed.entries()) {
      for (const b of placed.slice(i + 1)) {
        expect(Math.abs(a.x - b.x) >= nodeSize.width || Math.abs(a.y - b.y) >= nodeSize.height).toBe(true);
      }
    }
    const width = Math.max(...placed.map(({ x }) => x)) - Math.min(...placed.map(({ x }) => x)) + nodeSize.width;
    const height = Math.max(...placed.map(({ y }) => y)) - Math.min(...placed.map(({ y }) => y)) + nodeSize.height;
    // No ribbon: what is longer than wide is wrapped.
    if (document.nodes.length >= 10) expect(height / width).toBeLessThan(2.5);
  });
});
