import { expect, it } from 'vitest';
import { emptyDocument, type LoomDocument } from '@/graph/document';
import { applyEdits, type Edit } from '@/graph/edits';
import { compilationOf } from '@/state/compilation';
import type { TrainingJob } from '@/training/protocol';
import { changedText, changes } from './staleness';

const at = { x: 0, y: 0 };
const node = (id: string, type: string, params = {}) => ({ id, type, version: 1, name: id, params, position: at });

/** Softmax regression on points of the plane. */
const base: LoomDocument = applyEdits({ ...emptyDocument(), dataset: 'rings' }, [
  {
    kind: 'addNodes',
    nodes: [
      node('in', 'input', { shape: [2] }),
      node('fc', 'dense', { units: 2, activation: 'softmax' }),
      node('out', 'output'),
    ],
    edges: [
      { from: { node: 'in', port: 0 }, to: { node: 'fc', port: 0 } },
      { from: { node: 'fc', port: 0 }, to: { node: 'out', port: 0 } },
    ],
  },
]);

function jobOf(document: LoomDocument): TrainingJob {
  const compilation = compilationOf(document);
  if (!compilation.plan) throw new Error(compilation.problems.map((problem) => problem.message).join(' '));
  const { recipe, seed, dataset } = document;
  return { plan: compilation.plan, recipe, seed, dataset: dataset ?? '', backend: 'auto' };
}
const after = (...edits: readonly Edit[]) => changes(jobOf(base), jobOf(applyEdits(base, edits)));

it('sees no change in what is only moved or renamed', () => {
  expect(after({ kind: 'move', positions: { fc: { x: 9, y: 9 } } })).toEqual([]);
  expect(after({ kind: 'rename', node: 'fc', name: 'classifier' })).toEqual([]);
  expect(after({ kind: 'setDocument', values: { name: 'Rings' } })).toEqual([]);
});

it('names what has changed', () => {
  expect(after({ kind: 'setParams', node: 'fc', params: { bias: false } })).toEqual(['network']);
  expect(after({ kind: 'setRecipe', recipe: { epochs: 7 } })).toEqual(['recipe']);
  expect(after({ kind: 'setDocument', values: { seed: 5 } })).toEqual(['recipe']);
  expect(after({ kind: 'setDocument', values: { dataset: 'moons' } })).toEqual(['dataset']);
});

it('takes a change that is undone for none', () => {
  expect(
    after({ kind: 'setRecipe', recipe: { epochs: 7 } }, { kind: 'setRecipe', recipe: { epochs: base.recipe.epochs } }),
  ).toEqual([]);
});

it('says it in a sentence', () => {
  expect(changedText(['network'])).toBe('The network has changed since this run began');
  expect(changedText(['network', 'recipe', 'dataset'])).toBe(
    'The network, the recipe and the dataset have changed since this run began',
  );
});
