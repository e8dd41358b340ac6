import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { unzipSync } from 'fflate';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { formatDocument } from '@/formats/documentFile';
import { sketchDocument } from '@/formats/testing';
import type { CheckReport } from './check';
import { loom } from './testing';

const folder = mkdtempSync(join(tmpdir(), 'loom-'));
const write = (name: string, text: string) => writeFileSync(join(folder, name), text);
const report = (stdout: string) => JSON.parse(stdout) as CheckReport;

beforeAll(async () => {
  // The first call builds the command.
  expect(await loom(['--help'])).toMatchObject({ status: 0 });
  // The course's case: in 10, kernel 3, stride 2, padding 0.
  const fraction = sketchDocument([
    ['image', 'input', { shape: [10, 10, 1] }],
    ['conv', 'conv2d', { filters: 1, kernel: [3, 3], stride: [2, 2] }],
    ['out', 'output'],
  ]);
  write('fraction.json', formatDocument(fraction));
  write('broken.json', formatDocument({ ...fraction, edges: fraction.edges.slice(1) }));
  write('cut.json', formatDocument(fraction).slice(0, 500));
}, 120_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('loom check', () => {
  it('gives LeNet-5’s 61,706 parameters and its shapes', async () => {
    const { status, stdout, stderr } = await loom(['check', 'lenet-5', '--json']);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    const { ok, layers, totals, problems } = report(stdout);
    expect({ ok, problems }).toEqual({ ok: true, problems: [] });
    expect(layers.slice(1, -1).map(({ outputs }) => outputs)).toEqual([
      [[null, 28, 28, 6]],
      [[null, 14, 14, 6]],
      [[null, 10, 10, 16]],
      [[null, 5, 5, 16]],
      [[null, 400]],
      [[null, 120]],
      [[null, 84]],
      [[null, 10]],
    ]);
    // Multiply-adds by hand: 28·28·6·25 + 10·10·16·150 + 400·120 + 120·84 + 84·10.
    expect(totals).toMatchObject({
      params: 61_706,
      trainable: 61_706,
      macs: 117_600 + 240_000 + 48_000 + 10_080 + 840,
    });
    // Numbers of all outputs by hand, four bytes each.
    expect(totals.activationBytes).toBe(4 * (784 + 4704 + 1176 + 1600 + 400 + 400 + 120 + 84 + 10 + 10));
    expect(layers[1]).toEqual({
      id: 'conv1',
      type: 'conv2d',
      name: 'conv1',
      inputs: [[null, 28, 28, 1]],
      outputs: [[null, 28, 28, 6]],
      params: 156,
      trainable: 156,
      macs: 117_600,
      activationBytes: 4 * 28 * 28 * 6,
      receptiveField: [{ input: 'image', axes: [5, 5].map((size) => ({ size, stride: 1, centre: 0 })) }],
    });
  });

  it('shows the same to people, shapes as they read them', async () => {
    const { status, stdout } = await loom(['check', 'lenet-5']);
    expect(status).toBe(0);
    for (const text of ['28×28×6', '5×5×16', '61,706', 'Conv 2D · ReLU']) expect(stdout).toContain(text);
  });

  it('warns of the course’s fraction, and with --strict refuses it', async () => {
    const lenient = await loom(['check', 'fraction.json', '--json'], folder);
    expect(lenient.status).toBe(0);
    expect(report(lenient.stdout)).toMatchObject({
      ok: true,
      problems: [{ severity: 'warning', code: 'window.fraction', node: 'conv' }],
    });
    expect(report(lenient.stdout).problems[0]?.message).toContain('(10 + 2·0 − 1·(3 − 1) − 1)/2 = 3.5');
    const strict = await loom(['check', 'fraction.json', '--strict', '--json'], folder);
    expect(strict.status).toBe(1);
    expect(report(strict.stdout)).toMatchObject({
      ok: false,
      problems: [{ severity: 'error', code: 'window.fraction' }],
    });
    expect((await loom(['check', 'fraction.json', '--strict'], folder)).stdout).toMatch(/error: .*\n\s+→ /);
  });

  it('ends with 1 for a document with errors, and tells what is known of it', async () => {
    const { status, stdout } = await loom(['check', 'broken.json', '--json'], folder);
    expect(status).toBe(1);
    const { ok, layers, problems } = report(stdout);
    expect(ok).toBe(false);
    expect(layers).toHaveLength(3);
    expect(problems.some(({ code, node }) => code === 'input.missing' && node !== null)).toBe(true);
  });

  it.each([
    [['check', 'cut.json'], /cut\.json is not valid JSON/],
    [['check', 'nowhere.json'], /nowhere\.json can’t be read: it is not there/],
    [['check', 'nothing'], /no file and no preset “nothing”; the presets are .*lenet-5/],
    [['check', '.'], /it is a folder/],
    [['check'], /missing required argument/],
    [['fly'], /unknown command/],
    [['export', 'lenet-5', '--to', 'word', '--out', 'x'], /no format “word”; there are/],
    [['export', 'lenet-5', '--to', 'tfjs', '--out', 'x.zip', '--weights', 'gone'], /folder .*gone can’t be read/],
    [['train', 'lenet-5', '--dataset', 'imagenet'], /no dataset and no folder “imagenet”/],
    [['train', 'lenet-5', '--epochs', '0'], /whole number from 1 on/],
  ])('%j ends with 2 and a message on stderr, without a stack', async (words, expected) => {
    const { status, stdout, stderr } = await loom(words, folder);
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toMatch(expected);
    expect(stderr).not.toMatch(/^\s+at /m);
  });
});

describe('loom presets', () => {
  it('lists id, title, dataset and parameters', async () => {
    const { status, stdout } = await loom(['presets', '--json']);
    expect(status).toBe(0);
    expect(JSON.parse(stdout)).toContainEqual({
      id: 'lenet-5',
      title: 'LeNet-5',
      dataset: 'fashion-mnist',
      params: 61_706,
    });
    expect((await loom(['presets'])).stdout).toMatch(/lenet-5 +LeNet-5 +fashion-mnist +61,706/);
  });
});

describe('loom export', () => {
  it('writes the document, from where the user stands', async () => {
    const { status, stdout } = await loom(['export', 'lenet-5', '--to', 'document', '--out', 'sub/lenet.json'], folder);
    expect({ status, stdout }).toEqual({ status: 0, stdout: '' });
    const preset = new URL('../../presets/lenet-5.json', import.meta.url);
    expect(readFileSync(join(folder, 'sub/lenet.json'), 'utf8')).toBe(readFileSync(preset, 'utf8'));
  });

  it('writes a model, and says that it is not trained', async () => {
    const { status, stderr } = await loom(['export', 'lenet-5', '--to', 'tfjs', '--out', 'lenet.zip'], folder);
    expect(status).toBe(0);
    expect(stderr).toContain('without trained weights');
    expect(Object.keys(unzipSync(readFileSync(join(folder, 'lenet.zip'))))).toEqual([
      'model.json',
      'layerloom.json',
      'README.txt',
    ]);
    expect((await loom(['check', 'lenet.zip'], folder)).stdout).toContain('61,706');
  });

  it('refuses a model of a document with errors, with status 1', async () => {
    const { status, stderr } = await loom(['export', 'broken.json', '--to', 'tfjs', '--out', 'x.zip'], folder);
    expect(status).toBe(1);
    expect(stderr).toMatch(/Nothing is wired/);
  });
});
