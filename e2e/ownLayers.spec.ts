import { expect, test } from '@playwright/test';
import { Loom } from './support/loom';
import { expectSameModel } from './support/sameModel';
import { unpack } from './support/plain';
import { bytesOf } from './support/loom';

type Row = readonly [id: string, type: string, params?: object, from?: readonly (readonly [node: string, port: number])[]];

/** Layers that tfjs lacks, with and without weights, with several inputs and outputs, in one network on the digits. */
const rows: readonly Row[] = [
  ['image', 'input', { shape: [8, 8, 1] }],
  ['widen', 'conv2d', { filters: 16, padding: [[1, 1], [0, 2]] }],
  ['grouped', 'conv2d', { filters: 16, groups: 4, padding: 'same', activation: 'hardSwish' }],
  ['deform', 'conv2d', { filters: 18, padding: 'same', initializer: 'zeros' }, [['grouped', 0]]],
  ['bent', 'deformableConv2d', { filters: 16, padding: 'same' }, [['grouped', 0], ['deform', 0]]],
  ['groups', 'groupNorm', { groups: 4 }],
  ['slope', 'prelu', {}],
  ['pool', 'maxPoolWithIndices2d', {}],
  ['unpool', 'maxUnpool2d', {}, [['pool', 0], ['pool', 1]]],
  ['halves', 'split', {}],
  ['difference', 'subtract', {}, [['halves', 0], ['halves', 1]]],
  ['mirrored', 'reflectionPadding2d', {}],
  ['local', 'localResponseNorm', {}],
  ['one', 'instanceNorm', {}],
  ['up', 'transposedConv2d', { filters: 4, kernel: [3, 3], stride: [2, 2], outputPadding: [1, 1], padding: [[1, 1], [1, 1]] }],
  ['shuffled', 'pixelUnshuffle', { factor: 2 }],
  ['adaptive', 'adaptiveAveragePool2d', { output: [3, 3] }],
  ['depth', 'stochasticDepth', { rate: 0.1 }],
  ['sequence', 'reshape', { shape: [9, 16] }],
  ['positions', 'positionalEncoding', {}],
  ['attention', 'multiHeadAttention', { heads: 2, keySize: 8 }],
  ['gru', 'gru', { units: 16 }],
  ['classes', 'dense', { units: 10, activation: 'softmax' }],
  ['out', 'output', {}],
];

const network = () => ({
  format: 'layerloom',
  version: 1,
  name: 'Layers that tfjs lacks',
  seed: 1,
  strict: false,
  dataset: 'digits',
  recipe: {
    optimizer: { type: 'adam', params: {} },
    learningRate: 0.003,
    loss: 'crossEntropy',
    batchSize: 64,
    epochs: 2,
    validation: 0.1,
    shuffle: true,
    inputs: 'unit',
  },
  nodes: rows.map(([id, type, params = {}], i) => ({
    id,
    type,
    name: id,
    params,
    position: { x: 240 * (i % 5), y: 96 * Math.floor(i / 5) },
  })),
  edges: rows.flatMap(([id, , , from], i) => {
    const sources = from ?? (i > 0 ? [[rows[i - 1]![0], 0] as const] : []);
    return sources.map(([node, port], to) => ({ from: { node, port }, to: { node: id, port: to } }));
  }),
});

test('a network of layers that tfjs lacks trains, and computes the same in a page that has nothing but tfjs', async ({ page }) => {
  const loom = new Loom(page);
  await loom.open();
  const dropped = await page.evaluateHandle((text) => {
    const files = new DataTransfer();
    files.items.add(new File([text], 'own.json', { type: 'application/json' }));
    return files;
  }, JSON.stringify(network()));
  await loom.canvas.dispatchEvent('drop', { dataTransfer: dropped });
  await expect(loom.layers()).toHaveCount(rows.length);
  await expect(loom.layer('pool')).toContainText('2 × 4×4×16');

  await page.getByRole('button', { name: 'Train', exact: true }).click();
  await expect(loom.train).toBeVisible({ timeout: 150_000 });
  const trained = await loom.run();
  expect(trained.status).toBe('finished');
  // Better than guessing one of ten.
  expect(trained.valAccuracy).toBeGreaterThan(0.3);

  await page.getByRole('button', { name: 'Export', exact: true }).click();
  const downloading = page.waitForEvent('download');
  await page.getByRole('menuitem', { name: 'Export: TensorFlow.js model' }).click();
  const download = await downloading;
  const { files } = unpack(await bytesOf(download));
  expect([...files.keys()]).toContain('layerloom-layers.js');
  expect(new TextDecoder().decode(files.get('README.txt'))).toContain('<script src="layerloom-layers.js"></script>');
  await expectSameModel(loom, download, trained.testAccuracy, trained.backend);
  expect(loom.complaints).toEqual([]);
});
