import { compile } from '@/compiler/compile';
import type { Plan } from '@/compiler/plan';
import { documentOf, type Entry } from '@/compiler/testing/draw';
import { openPreset } from '@/formats/presets';
import type { LoomDocument } from '@/graph/document';

/** A network of the benchmark; `pytorch/networks.py` has the same under the same names. */
export interface Network {
  readonly title: string;
  readonly batch: number;
  readonly document: () => LoomDocument;
}

const same = { kernel: [3, 3], padding: 'same' };
/** What PyTorch calls `padding=1`: at stride 2 `same` would pad below and to the right alone. */
const padded = {
  kernel: [3, 3],
  padding: [
    [1, 1],
    [1, 1],
  ],
  bias: false,
};
const relu = { activation: 'relu' };
const classes: readonly Entry[] = [
  ['classes', 'dense', { units: 10, activation: 'softmax' }],
  ['out', 'output'],
];

const mlp: readonly Entry[] = [
  ['in', 'input', { shape: [784] }],
  ['hidden', 'dense', { units: 128, ...relu }],
  ...classes,
];

/** After Simonyan & Zisserman 2015: pairs of 3×3 convolutions between pools. */
const vgg: readonly Entry[] = [
  ['in', 'input', { shape: [32, 32, 3] }],
  ['conv1', 'conv2d', { filters: 32, ...same, ...relu }],
  ['conv2', 'conv2d', { filters: 32, ...same, ...relu }],
  ['pool1', 'maxPool2d', { pool: [2, 2], stride: [2, 2] }],
  ['conv3', 'conv2d', { filters: 64, ...same, ...relu }],
  ['conv4', 'conv2d', { filters: 64, ...same, ...relu }],
  ['pool2', 'maxPool2d', { pool: [2, 2], stride: [2, 2] }],
  ['conv5', 'conv2d', { filters: 128, ...same, ...relu }],
  ['conv6', 'conv2d', { filters: 128, ...same, ...relu }],
  ['pool3', 'maxPool2d', { pool: [2, 2], stride: [2, 2] }],
  ['flat', 'flatten'],
  ['dense', 'dense', { units: 128, ...relu }],
  ...classes,
];

/** y = ReLU(F(x) + x), F two convolutions; where the size changes, x is projected. He et al. 2016, eq. 1 and 2. */
function residual(id: string, filters: number, stride: number, from: string): readonly Entry[] {
  const projects = stride > 1;
  return [
    [`${id}.conv1`, 'conv2d', { filters, stride: [stride, stride], ...padded }, [from]],
    [`${id}.norm1`, 'batchNorm'],
    [`${id}.relu1`, 'activation', relu],
    [`${id}.conv2`, 'conv2d', { filters, ...padded }],
    [`${id}.norm2`, 'batchNorm'],
    ...(projects
      ? ([
          [`${id}.project`, 'conv2d', { filters, kernel: [1, 1], stride: [stride, stride], bias: false }, [from]],
          [`${id}.normed`, 'batchNorm'],
        ] satisfies readonly Entry[])
      : []),
    [`${id}.add`, 'add', {}, [`${id}.norm2`, projects ? `${id}.normed` : from]],
    [id, 'activation', relu],
  ];
}

/** ResNet-20 for CIFAR, He et al. 2016, §4.2, with projections (option B) where the size changes. */
const resnet: readonly Entry[] = [
  ['in', 'input', { shape: [32, 32, 3] }],
  ['conv', 'conv2d', { filters: 16, ...padded }],
  ['norm', 'batchNorm'],
  ['relu', 'activation', relu],
  ...residual('stage1.block1', 16, 1, 'relu'),
  ...residual('stage1.block2', 16, 1, 'stage1.block1'),
  ...residual('stage1.block3', 16, 1, 'stage1.block2'),
  ...residual('stage2.block1', 32, 2, 'stage1.block3'),
  ...residual('stage2.block2', 32, 1, 'stage2.block1'),
  ...residual('stage2.block3', 32, 1, 'stage2.block2'),
  ...residual('stage3.block1', 64, 2, 'stage2.block3'),
  ...residual('stage3.block2', 64, 1, 'stage3.block1'),
  ...residual('stage3.block3', 64, 1, 'stage3.block2'),
  ['mean', 'globalAveragePool2d'],
  ...classes,
];

/** A depthwise and a pointwise convolution, each with batch norm and ReLU. Howard et al. 2017, §3.1. */
const separable = (id: string, filters: number): readonly Entry[] => [
  [`${id}.depthwise`, 'depthwiseConv2d', { ...same, bias: false }],
  [`${id}.norm1`, 'batchNorm'],
  [`${id}.relu1`, 'activation', relu],
  [`${id}.pointwise`, 'conv2d', { filters, kernel: [1, 1], bias: false }],
  [`${id}.norm2`, 'batchNorm'],
  [id, 'activation', relu],
];

/** Two blocks in a row, 64 → 128 → 128 maps of 16×16. */
const mobilenet: readonly Entry[] = [
  ['in', 'input', { shape: [16, 16, 64] }],
  ...separable('block1', 128),
  ...separable('block2', 128),
  ['mean', 'globalAveragePool2d'],
  ...classes,
];

const GROWTH = 12;

/** Batch norm, ReLU, convolution; its maps join those that came in. Huang et al. 2017, §3. */
const grown = (id: string, from: string): readonly Entry[] => [
  [`${id}.norm`, 'batchNorm', {}, [from]],
  [`${id}.relu`, 'activation', relu],
  [`${id}.conv`, 'conv2d', { filters: GROWTH, ...same, bias: false }],
  [id, 'concatenate', {}, [from, `${id}.conv`]],
];

/** One dense block of four layers on 16×16×24, twice the growth rate as behind DenseNet's first convolution. */
const densenet: readonly Entry[] = [
  ['in', 'input', { shape: [16, 16, 2 * GROWTH] }],
  ...grown('layer1', 'in'),
  ...grown('layer2', 'layer1'),
  ...grown('layer3', 'layer2'),
  ...grown('layer4', 'layer3'),
  ['norm', 'batchNorm'],
  ['relu', 'activation', relu],
  ['mean', 'globalAveragePool2d'],
  ...classes,
];

function preset(id: string): LoomDocument {
  const opened = openPreset(id);
  if (!opened.ok) throw new Error(opened.error.message);
  return opened.value;
}

export const networks = {
  mlp: { title: 'MLP 784-128-10', batch: 64, document: () => documentOf(mlp) },
  'lenet-5': { title: 'LeNet-5', batch: 64, document: () => preset('lenet-5') },
  'vgg-s': { title: 'VGG-S', batch: 32, document: () => documentOf(vgg) },
  'resnet-20': { title: 'ResNet-20', batch: 32, document: () => documentOf(resnet) },
  mobilenet: { title: 'MobileNet block stack', batch: 32, document: () => documentOf(mobilenet) },
  densenet: { title: 'DenseNet block', batch: 32, document: () => documentOf(densenet) },
} as const satisfies Readonly<Record<string, Network>>;

export type NetId = keyof typeof networks;
export const netIds = Object.keys(networks) as readonly NetId[];

export function planOf(net: NetId): Plan {
  const { plan, problems } = compile(networks[net].document());
  if (!plan) throw new Error(`${networks[net].title}: ${problems.map(({ message }) => message).join(' ')}`);
  return plan;
}
