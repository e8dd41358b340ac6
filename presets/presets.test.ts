import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { compile } from '@/compiler/compile';
import { formatShape } from '@/core/shape';
import { findDataset } from '@/datasets/registry';
import { formatDocument, parseDocument } from '@/formats/documentFile';
import { openPreset, presetIds } from '@/formats/presets';
import type { GraphNode, LoomDocument } from '@/graph/document';
import { checkRecipe } from '@/recipe/check';

/** Counted by hand: weights and biases of each layer with any, in order; batch norm has four numbers per channel. */
const counted: Readonly<Record<string, readonly number[]>> = {
  'linear-regression': [1 + 1],
  'softmax-regression': [28 * 28 * 10 + 10],
  'mlp-rings': [2 * 3 + 3, 3 * 1 + 1],
  'lenet-5': [5 * 5 * 1 * 6 + 6, 5 * 5 * 6 * 16 + 16, 400 * 120 + 120, 120 * 84 + 84, 84 * 10 + 10],
  'vgg-small': [
    9 * 1 * 16 + 16,
    9 * 16 * 16 + 16,
    9 * 16 * 32 + 32,
    9 * 32 * 32 + 32,
    2 * 2 * 32 * 64 + 64,
    64 * 10 + 10,
  ],
  'inception-small': [
    9 * 1 * 16 + 16,
    ...[16 * 8 + 8, 16 * 8 + 8, 9 * 8 * 16 + 16, 16 * 4 + 4, 25 * 4 * 8 + 8, 16 * 8 + 8],
    ...[40 * 16 + 16, 40 * 12 + 12, 9 * 12 * 24 + 24, 40 * 4 + 4, 25 * 4 * 8 + 8, 40 * 16 + 16],
    64 * 10 + 10,
  ],
  'resnet-small': [
    ...[9 * 1 * 16, 4 * 16],
    ...[9 * 16 * 16, 4 * 16, 9 * 16 * 16, 4 * 16],
    ...[9 * 16 * 32, 4 * 32, 9 * 32 * 32, 4 * 32, 16 * 32, 4 * 32],
    32 * 10 + 10,
  ],
};
/** The sums, as papers and courses print them. */
const totals = {
  'softmax-regression': 7_850,
  'lenet-5': 61_706,
  'vgg-small': 25_274,
  'inception-small': 8_654,
  'resnet-small': 19_994,
};

const textOf = (id: string) => readFileSync(new URL(`./${id}.json`, import.meta.url), 'utf8');
function presetOf(id: string): LoomDocument {
  const parsed = parseDocument(textOf(id), `${id}.json`);
  if (!parsed.ok) throw new Error(parsed.error.message);
  return parsed.value;
}

const WIDTH = 176;
const HEIGHT = 52;
const center = ({ position }: GraphNode) => position.x + WIDTH / 2;

/** Whether a wire, a Bézier curve that leaves and arrives upright, runs through a third node. */
function crosses(from: GraphNode, to: GraphNode, other: GraphNode): boolean {
  const [x0, y0, x1, y1] = [center(from), from.position.y + HEIGHT, center(to), to.position.y];
  for (let t = 0; t <= 1; t += 1 / 256) {
    const x = x0 + (x1 - x0) * (3 * t * t - 2 * t ** 3);
    const y = y0 + (y1 - y0) * (1.5 * t * (1 - t) ** 2 + 1.5 * t * t * (1 - t) + t ** 3);
    const { position } = other;
    if (x > position.x && x < position.x + WIDTH && y > position.y && y < position.y + HEIGHT) return true;
  }
  return false;
}

it('the presets are those of the folder, in the order of the course', () => {
  const files = readdirSync(new URL('.', import.meta.url)).filter((name) => name.endsWith('.json'));
  expect([...presetIds].sort()).toEqual(files.map((name) => name.replace('.json', '')).sort());
  expect([...presetIds]).toEqual([
    'linear-regression',
    'softmax-regression',
    'mlp-rings',
    'lenet-5',
    'vgg-small',
    'inception-small',
    'resnet-small',
  ]);
  expect(Object.keys(counted).sort()).toEqual([...presetIds].sort());
});

describe.each(presetIds)('the preset %s', (id) => {
  const document = presetOf(id);
  const { plan, problems } = compile(document);

  it('has no problem, in strict mode either', () => {
    expect(problems.map(({ message }) => message)).toEqual([]);
    expect(compile({ ...document, strict: true }).problems).toEqual([]);
  });

  it('has as many parameters as a hand counts, layer by layer', () => {
    const layers = plan?.layers.filter(({ cost }) => cost.params > 0) ?? [];
    expect([...layers.map(({ cost }) => cost.params)].sort()).toEqual([...counted[id]!].sort());
    const total = counted[id]!.reduce((sum, count) => sum + count, 0);
    expect(plan?.totals.params).toBe(total);
    if (id in totals) expect(total).toBe(totals[id as keyof typeof totals]);
  });

  it('says what to notice, where it is from, and comes with seed 1', () => {
    expect(document.note?.length).toBeGreaterThan(100);
    expect(document.reference).toMatch(/\d{4}/);
    expect(document.seed).toBe(1);
  });

  it('trains on a dataset that fits, by a recipe that this version performs', () => {
    const dataset = findDataset(document.dataset ?? '');
    expect(dataset?.input).toEqual(plan?.layers[plan.inputs[0]!]?.params.shape);
    expect(checkRecipe(document.recipe, dataset?.task.kind)).toEqual([]);
    expect(document.recipe.augmentation).toEqual([]);
  });

  it('is laid out so that nodes stand apart and wires run down past them', () => {
    const byId = new Map(document.nodes.map((node) => [node.id, node]));
    document.nodes.forEach((node, i) => {
      for (const other of document.nodes.slice(i + 1)) {
        const apart =
          Math.abs(node.position.x - other.position.x) >= WIDTH + 24 ||
          Math.abs(node.position.y - other.position.y) >= HEIGHT + 24;
        expect(apart, `${node.id} and ${other.id}`).toBe(true);
      }
    });
    for (const { from, to } of document.edges) {
      const [source, target] = [byId.get(from.node)!, byId.get(to.node)!];
      expect(target.position.y, `${source.id} → ${target.id}`).toBeGreaterThan(source.position.y);
      const between = document.nodes.filter((node) => node !== source && node !== target);
      expect(
        between
          .filter((node) => crosses(source, target, node))
          .map((node) => `${node.id} under ${source.id} → ${target.id}`),
      ).toEqual([]);
    }
  });

  it('names nodes by their ids, and is written as documents are', () => {
    for (const node of document.nodes) expect(node.name).toBe(node.id);
    expect(textOf(id)).toBe(formatDocument(document));
    expect(openPreset(id)).toEqual({ ok: true, value: document });
  });
});

it('LeNet-5 has the shapes of the paper', () => {
  const { plan } = compile(presetOf('lenet-5'));
  const shapes = plan?.layers.slice(1, -1).map(({ outputs }) => formatShape(outputs[0]!));
  expect(shapes).toEqual(['28×28×6', '14×14×6', '10×10×16', '5×5×16', '400', '120', '84', '10']);
});

it('a preset that is not there is answered with those that are', () => {
  expect(openPreset('alexnet')).toMatchObject({
    ok: false,
    error: { message: expect.stringContaining('lenet-5') as string },
  });
  expect(openPreset('__proto__')).toMatchObject({ ok: false });
});
