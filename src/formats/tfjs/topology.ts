import type { StockTensor } from '@/compiler/lower';
import { problem, type Problem } from '@/core/problem';
import { err, ok, type Result } from '@/core/result';
import { isObject, type JsonObject } from '../reading/json';
import { limits } from '../reading/limits';

/** One layer of a layers-format file, whoever wrote it. */
export interface StockNode {
  readonly name: string;
  readonly className: string;
  /** Keys in camel case, as layer definitions read them. */
  readonly config: JsonObject;
  /** The outputs of other layers that it takes, in order. */
  readonly from: readonly StockTensor[];
}
export interface StockGraph {
  readonly name: string;
  readonly nodes: readonly StockNode[];
  /** What gives the network's outputs. */
  readonly outputs: readonly StockTensor[];
}

const wholeModels = new Set(['Model', 'Functional', 'Sequential']);
const refuse = (code: string, message: string) => err(problem(`tfjs.${code}`, message));

const camel = (key: string) => key.replace(/_+([a-z\d])/g, (_all, letter: string) => letter.toUpperCase());

/** Python's key names as tfjs has them; values stay. Depth is bounded by the parser. */
function camelKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(camelKeys);
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [camel(key), camelKeys(inner)]));
}

/** `modelTopology` is the model itself in files of tfjs; converted ones hold it under `model_config`. */
function modelIn(json: unknown): JsonObject | null {
  let at = json;
  for (const key of ['modelTopology', 'model_topology', 'model_config', 'modelConfig']) {
    if (isObject(at) && isObject(at[key])) at = at[key];
  }
  if (!isObject(at)) return null;
  const className = at.class_name ?? at.className;
  return typeof className === 'string' && wholeModels.has(className) && at.config !== undefined ? at : null;
}

export const isTopology = (json: unknown): boolean => modelIn(json) !== null;

/** A tensor as the layers format refers to it, `[layer, node, tensor]`, or Keras 3 with its history. */
function readReference(raw: unknown): { readonly layer: string; readonly use: number; readonly tensor: number } | null {
  const history = isObject(raw) && isObject(raw.config) ? (raw.config.keras_history ?? raw.config.kerasHistory) : raw;
  if (!Array.isArray(history)) return null;
  const [layer, use = 0, tensor = 0] = history as unknown[];
  return typeof layer === 'string' && typeof use === 'number' && typeof tensor === 'number'
    ? { layer, use, tensor }
    : null;
}

/** References of one use of a layer: Keras 2's list, or Keras 3's `{args, ` +
  `kwargs}`, which nests lists for merging layers. */
function referencesOf(use: unknown): readonly unknown[] {
  if (Array.isArray(use)) return use.length > 0 && typeof use[0] === 'string' ? [use] : use;
  if (!isObject(use) || !Array.isArray(use.args)) return [];
  const args: unknown[] = use.args;
  return args
    .flatMap((arg: unknown) => (Array.isArray(arg) ? (arg as unknown[]) : [arg]))
    .filter((arg) => isObject(arg));
}

interface RawLayer {
  readonly name: string;
  readonly className: string;
  readonly config: JsonObject;
  readonly uses: readonly unknown[];
}

function rawLayers(list: readonly unknown[], file: string): Result<readonly RawLayer[], Problem> {
  if (list.length > limits.layers)
    return refuse('layers', `${file} has ${list.length} layers; at most ${limits.layers} are read.`);
  const layers: RawLayer[] = [];
  const names = new Set<string>();
  for (const [i, raw] of list.entries()) {
    const className = isObject(raw) ? (raw.class_name ?? raw.className) : undefined;
    if (!isObject(raw) || typeof className !== 'string' || !isObject(raw.config)) {
      return refuse('layer', `Layer ${i + 1} of ${file} has no class name or no configuration; the file is damaged.`);
    }
    const config = camelKeys(raw.config);
    const given = raw.name ?? raw.config.name;
    const name = typeof given === 'string' && given !== '' ? given : `${className.toLowerCase()}_${i + 1}`;
    if (names.has(name)) return refuse('layer', `${file} has two layers called ${name}; names must differ.`);
    names.add(name);
    const uses: unknown = raw.inbound_nodes ?? raw.inboundNodes;
    layers.push({
      name,
      className,
      config: isObject(config) ? config : {},
      uses: Array.isArray(uses) ? (uses as unknown[]) : [],
    });
  }
  const nested = layers.filter(({ className }) => wholeModels.has(className));
  if (nested.length > 0) {
    const list = nested
      .slice(0, 3)
      .map(({ name }) => name)
      .join(', ');
    return refuse(
      'nested',
      `${file} holds models within the model (${list}), which can’t be drawn. Save it with their layers in one ` +
        `model; nothing was changed.`,
    );
  }
  return ok(layers);
}

function connect(layers: readonly RawLayer[], file: string): Result<readonly StockNode[], Problem> {
  const names = new Set(layers.map(({ name }) => name));
  const shared = layers.filter(({ uses }) => uses.length > 1);
  if (shared.length > 0) {
    const list = shared
      .slice(0, 3)
      .map(({ name, uses }) => `${name}, used ${uses.length} times`)
      .join('; ');
    return refuse(
      'shared',
      `${file} shares layers between several places (${list}), which can’t be drawn yet; nothing was changed.`,
    );
  }
  const nodes: StockNode[] = [];
  for (const { name, className, config, uses } of layers) {
    const from: StockTensor[] = [];
    for (const raw of referencesOf(uses[0])) {
      const reference = readReference(raw);
      if (!reference || !names.has(reference.layer)) {
        const what = reference ? `“${reference.layer.slice(0, 60)}”, a layer that is not there` : 'nothing readable';
        return refuse('wire', `${name} in ${file} takes its input from ${what}; the file is damaged.`);
      }
      if (reference.use !== 0) {
        return refuse('wire', `${name} in ${file} takes ${reference.layer} at its second use, which can’t be drawn.`);
      }
      from.push({ layer: reference.layer, index: reference.tensor });
    }
    nodes.push({ name, className, config, from });
  }
  return ok(nodes);
}

/** In a sequence each layer takes the one before; the first may carry the input's shape instead of an input layer. */
function sequence(
  layers: readonly RawLayer[],
  config: JsonObject,
  file: string,
): Result<readonly StockNode[], Problem> {
  const [first] = layers;
  if (!first) return refuse('layers', `${file} has no layers.`);
  const nodes: StockNode[] = [];
  let before: string | null = null;
  if (first.className !== 'InputLayer') {
    const shape =
      first.config.batchInputShape ?? first.config.batchShape ?? config.build_input_shape ?? config.buildInputShape;
    if (!Array.isArray(shape)) {
      return refuse(
        'input',
        `${file} does not say what comes in: its first layer, ${first.name}, has no batch_input_shape. Build ` +
          `the model before saving it.`,
      );
    }
    before = 'input';
    while (layers.some(({ name }) => name === before)) before += '_';
    nodes.push({ name: before, className: 'InputLayer', config: { batchInputShape: shape }, from: [] });
  }
  for (const { name, className, config: own } of layers) {
    nodes.push({ name, className, config: own, from: before === null ? [] : [{ layer: before, index: 0 }] });
    before = name;
  }
  return ok(nodes);
}

/**
 * Reads a network in the layers format: of tfjs, Keras 2 or Keras 3, sequential or functional.
 * Problems: `tfjs.layers`, `tfjs.layer`, `tfjs.input`, `tfjs.nested`, `tfjs.shared`, `tfjs.wire`, `tfjs.output`.
 */
export function readTopology(json: unknown, file: string): Result<StockGraph, Problem> {
  const model = modelIn(json);
  if (!model) return refuse('layers', `${file} holds no layers model.`);
  const { config } = model;
  const listed: unknown = isObject(config) ? config.layers : config;
  if (!Array.isArray(listed)) return refuse('layers', `${file} has no list of layers; the file is damaged.`);
  const layers = rawLayers(listed, file);
  if (!layers.ok) return layers;
  const settings = isObject(config) ? config : {};
  const name = typeof settings.name === 'string' ? settings.name : 'Imported network';
  if ((model.class_name ?? model.className) === 'Sequential') {
    const nodes = sequence(layers.value, settings, file);
    return nodes.ok ? ok({ name, nodes: nodes.value, outputs: [{ layer: nodes.value.at(-1)!.name, index: 0 }] }) : nodes;
  }
  const nodes = connect(layers.value, file);
  if (!nodes.ok) return nodes;
  const ends: unknown = settings.output_layers ?? settings.outputLayers;
  const outputs = referencesOf(ends).map(readReference);
  const names = new Set(nodes.value.map((node) => node.name));
  if (outputs.length === 0 || !outputs.every((end) => end !== null && names.has(end.layer))) {
    return refuse('output', `${file} does not say which of its layers give the output; the file is damaged.`);
  }
  return ok({ name, nodes: nodes.value, outputs: outputs.flatMap((end) => (end ? [{ layer: end.layer, index: end.tensor }] : [])) });
}
