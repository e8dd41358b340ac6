import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import * as tf from '@tensorflow/tfjs';
import { unzipSync } from 'fflate';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { formatDocument } from '@/formats/documentFile';
import { openPreset } from '@/formats/presets';
import { loadPlain } from '@/formats/testing';
import { loom } from './testing';

const folder = mkdtempSync(join(tmpdir(), 'loom-'));
const json = (text: string) => JSON.parse(text) as Record<string, unknown>;
const lines = (stdout: string) => stdout.trim().split('\n').map(json);
const preset = (id: string) => {
  const opened = openPreset(id);
  if (!opened.ok) throw new Error(opened.error.message);
  return opened.value;
};

beforeAll(async () => {
  await loom(['--help']);
}, 120_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('loom train', () => {
  const words = ['train', 'vgg-small', '--epochs', '2', '--limit', '200', '--seed', '3', '--json'];

  it('prints a line per epoch and a last one, and nothing else on stdout', async () => {
    const { status, stdout, stderr } = await loom(words);
    expect(status, stderr).toBe(0);
    const [first, second, last, ...rest] = lines(stdout);
    expect(rest).toEqual([]);
    for (const line of [first, second]) {
      expect(Object.keys(line ?? {})).toEqual(['epoch', 'loss', 'accuracy', 'valLoss', 'valAccuracy', 'ms']);
    }
    expect(Object.keys(last ?? {})).toEqual(['done', 'test', 'steps', 'msPerStep', 'backend']);
    // 200 of 1,350 training examples in batches of 32 are 7 steps an epoch.
    expect(last).toMatchObject({ done: true, steps: 14, test: { accuracy: expect.any(Number) as number } });
    expect(last?.backend).toMatch(/^wasm/);
    expect(stderr).not.toContain('looks like you are running TensorFlow.js');
  }, 60_000);

  it('gives the same curve for the same seed, and another for another', async () => {
    const curve = async (seed: string) =>
      lines((await loom([...words.slice(0, 6), '--seed', seed, '--json'])).stdout).map(({ loss, test }) => [
        loss,
        test,
      ]);
    const [once, again, other] = [await curve('3'), await curve('3'), await curve('4')];
    expect(again).toEqual(once);
    expect(other).not.toEqual(once);
  }, 60_000);

  it('leaves null what does not apply', async () => {
    const { status, stdout } = await loom(['train', 'linear-regression', '--epochs', '1', '--json']);
    expect(status).toBe(0);
    const [epoch, last] = lines(stdout);
    expect(epoch).toMatchObject({ accuracy: null, valLoss: null, valAccuracy: null });
    expect(last).toMatchObject({ test: { loss: null, accuracy: null } });
  }, 60_000);

  it('writes a run from which export makes a trained model that plain tfjs loads', async () => {
    const trained = await loom(['train', 'mlp-rings', '--json', '--out', 'run'], folder);
    expect(trained.status, trained.stderr).toBe(0);
    const run = json(readFileSync(join(folder, 'run/run.json'), 'utf8'));
    expect(run).toMatchObject({
      reason: 'completed',
      seed: 1,
      dataset: 'rings',
      epochs: { length: preset('mlp-rings').recipe.epochs },
    });
    const exported = await loom(
      ['export', 'run/document.json', '--to', 'tfjs', '--out', 'rings.zip', '--weights', 'run'],
      folder,
    );
    expect(exported.status, exported.stderr).toBe(0);
    const files = Object.entries(unzipSync(readFileSync(join(folder, 'rings.zip')))).map(([name, bytes]) => ({
      name,
      bytes,
    }));
    await tf.setBackend('cpu');
    const model = await loadPlain(tf, files);
    // The middle lies inside the inner ring, class 1; far points lie on the outer one.
    const output = (
      model.predict(
        tf.tensor2d([
          [0.3, 0],
          [-0.3, 0],
          [1, 0],
          [0, -1],
          [-0.7, 0.7],
        ]),
      ) as tf.Tensor
    ).dataSync();
    expect([...output].map(Math.round)).toEqual([1, 1, 0, 0, 0]);
  }, 60_000);

  it('reports the test accuracy that plain tfjs finds for the exported model, batch norm included', async () => {
    const words = ['train', 'resnet-small', '--epochs', '2', '--json', '--out', 'digits'];
    const { status, stdout, stderr } = await loom(words, folder);
    expect(status, stderr).toBe(0);
    const reported = lines(stdout).at(-1)?.test as { readonly loss: number; readonly accuracy: number };
    const names = readdirSync(join(folder, 'digits')).filter((name) => /^(model|group)/.test(name));
    await tf.setBackend('cpu');
    const model = await loadPlain(
      tf,
      names.map((name) => ({ name, bytes: readFileSync(join(folder, 'digits', name)) })),
    );
    const read = (name: string) => readFileSync(new URL(`../../public/datasets/digits/${name}`, import.meta.url));
    const pixels = Float32Array.from(read('test-images-idx3.bin').subarray(16), (ink) => ink / 16);
    const labels = read('test-labels-idx1.bin').subarray(8);
    const output = (model.predict(tf.tensor4d(pixels, [297, 8, 8, 1])) as tf.Tensor2D).arraySync();
    const right = output.filter((row, i) => row.indexOf(Math.max(...row)) === labels[i]).length;
    expect(right / 297).toBeCloseTo(reported.accuracy, 10);
    const loss = output.reduce((sum, row, i) => sum - Math.log(row[labels[i]!]!), 0) / 297;
    expect(loss).toBeCloseTo(reported.loss, 4);
  }, 60_000);

  it('leaves with the model what its inputs must go through: the cricket line is that of the closed form', async () => {
    const { status, stderr } = await loom(['train', 'linear-regression', '--json', '--out', 'line'], folder);
    expect(status, stderr).toBe(0);
    const exported = ['export', 'linear-regression', '--to', 'tfjs', '--out', 'line.zip', '--weights', 'line'];
    expect(await loom(exported, folder)).toMatchObject({ status: 0 });
    const entries = Object.entries(unzipSync(readFileSync(join(folder, 'line.zip'))));
    const files = entries.map(([name, bytes]) => ({ name, bytes }));
    const { userDefinedMetadata } = json(
      new TextDecoder().decode(files.find(({ name }) => name === 'model.json')?.bytes),
    );
    const { shift, factor } = (userDefinedMetadata as { layerloom: { input: Record<string, number[]> } }).layerloom
      .input;
    // Mean and deviation (divisor 13) of the temperatures, by a calculation in Python.
    expect(shift![0]).toBeCloseTo(16.8538, 3);
    expect(1 / factor![0]!).toBeCloseTo(1.6593, 3);
    const model = await loadPlain(tf, files);
    const at = (celsius: number) =>
      (model.predict(tf.tensor2d([[(celsius - shift![0]!) * factor![0]!]])) as tf.Tensor).dataSync()[0];
    // NumPy's lstsq: 32.5128 + 2.90567 x.
    expect(at(15)).toBeCloseTo(32.5128 + 2.90567 * 15, 2);
    expect(at(20)).toBeCloseTo(32.5128 + 2.90567 * 20, 2);
  }, 60_000);

  it('stops at an interrupt, and still writes what was learnt', async () => {
    const endless = ['train', 'mlp-rings', '--epochs', '10000', '--json', '--out', 'stopped'];
    const { status, stdout } = await loom(endless, folder, /"epoch":2,/);
    expect(status).toBe(0);
    expect(lines(stdout).at(-1)).toMatchObject({ done: true });
    expect(json(readFileSync(join(folder, 'stopped/run.json'), 'utf8'))).toMatchObject({ reason: 'stopped' });
  }, 60_000);

  it('ends with 3 when it diverges, and says where', async () => {
    const document = preset('linear-regression');
    const recipe = { ...document.recipe, learningRate: 1e5, epochs: 200 };
    writeFileSync(join(folder, 'steep.json'), formatDocument({ ...document, recipe }));
    const { status, stderr } = await loom(['train', 'steep.json', '--json'], folder);
    expect(status, stderr).toBe(3);
    expect(stderr).toMatch(/step \d+/);
    expect(stderr).not.toMatch(/^\s+at /m);
  }, 60_000);

  it('ends with 1 for a network that does not fit the data, with the way out', async () => {
    const { status, stdout, stderr } = await loom(['train', 'lenet-5', '--dataset', 'digits']);
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
    expect(stderr).toMatch(/8×8×1.*28×28×1[\s\S]*→ /);
  });

  it('trains on a folder of idx files, gzipped or not', async () => {
    const idx = (sizes: readonly number[], data: Uint8Array) =>
      Buffer.concat([
        Buffer.from([0, 0, 8, sizes.length, ...sizes.flatMap((size) => [0, 0, size >> 8, size & 255])]),
        data,
      ]);
    const images = Uint8Array.from({ length: 40 * 64 }, (_, i) => (Math.floor(i / 64) % 2 === 0 ? 255 : 0));
    const labels = Uint8Array.from({ length: 40 }, (_, i) => (i % 2 === 0 ? 9 : 0));
    writeFileSync(join(folder, 'train-images-idx3-ubyte.gz'), gzipSync(idx([40, 8, 8], images)));
    writeFileSync(join(folder, 'train-labels-idx1-ubyte'), idx([40], labels));
    const { status, stdout, stderr } = await loom(
      ['train', 'vgg-small', '--dataset', '.', '--epochs', '1', '--json'],
      folder,
    );
    expect(status, stderr).toBe(0);
    expect(lines(stdout).at(-1)).toMatchObject({ done: true, test: { loss: null, accuracy: null } });
  }, 60_000);
});
