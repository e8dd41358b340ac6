import { parseParams, type AnyParams, type InitializerValue } from '@/core/params';
import { problem, type Problem } from '@/core/problem';
import { elements, formatShape, type Shape } from '@/core/shape';
import type { LayerDefinition } from '@/layers/define';
import { parseInitializer } from '@/recipe/initializer';
import { losses } from '@/recipe/registry';
import type { GraphNode } from '@/graph/document';
import type { Cost } from './plan';

/** What a node comes to by itself, given the shapes at its inputs. */
export interface NodeInference {
  readonly params: AnyParams | null;
  readonly outputs: readonly Shape[] | null;
  readonly cost: Cost | null;
  readonly problems: readonly Problem[];
}

/** tfjs and every backend index with 32 bits. */
const mostElements = 2 ** 31;

const memo = new WeakMap<GraphNode, { readonly inputs: readonly Shape[]; readonly inference: NodeInference }>();

/** Runs a layer's shape rule and cost. An unchanged node with the same input shapes is not run again. */
export function inferNode(definition: LayerDefinition, node: GraphNode, inputs: readonly Shape[]): NodeInference {
  const known = memo.get(node);
  if (known && known.inputs.length === inputs.length && known.inputs.every((shape, i) => sameSizes(shape, inputs[i]!))) {
    return known.inference;
  }
  const inference = run(definition, node, inputs);
  memo.set(node, { inputs, inference });
  return inference;
}

function sameSizes(a: Shape, b: Shape): boolean {
  return a === b || (a.length === b.length && a.every((size, i) => size === b[i]));
}

/** Checked parameters with defaults filled in, brought up from older versions; problems when they can't be read. */
export function resolveParams(
  definition: LayerDefinition,
  node: Pick<GraphNode, 'params' | 'version'>,
): { readonly params: AnyParams | null; readonly problems: readonly Problem[] } {
  let raw: AnyParams = node.params;
  if (node.version > definition.version) {
    return {
      params: null,
      problems: [
        problem('layer.newer', `This ${definition.title} was drawn by a newer Layerloom (version ${node.version}); this one knows version ${definition.version}.`),
      ],
    };
  }
  for (let version = node.version + 1; version <= definition.version; version += 1) {
    raw = definition.migrations[version]?.(raw) ?? raw;
  }
  const parsed = parseParams(definition.params, raw);
  if (!parsed.ok) return { params: null, problems: parsed.error };
  const initial = resolveInitializers(definition, parsed.value);
  const unknown = [...initial.problems, ...unknownLosses(definition, parsed.value)];
  const params: AnyParams = { ...parsed.value, ...initial.values };
  return unknown.length > 0 ? { params: null, problems: unknown } : { params, problems: [] };
}

/** Initialisers in their normal form, by parameter; which there are and what they take, the recipe knows. */
function resolveInitializers(
  definition: LayerDefinition,
  params: AnyParams,
): { readonly values: AnyParams; readonly problems: readonly Problem[] } {
  const values: Record<string, InitializerValue> = {};
  const problems: Problem[] = [];
  for (const [name, param] of Object.entries(definition.params)) {
    if (param.kind !== 'initializer') continue;
    const initializer = parseInitializer(params[name]);
    if (initializer.ok) {
      values[name] = initializer.value.value;
      continue;
    }
    const standard = typeof param.default === 'string' ? param.default : param.default.type;
    const byDefault = { title: `${param.label} ${standard}`, initializer: param.default };
    for (const { fixes = [], ...found } of initializer.error) {
      const all = fixes.length > 0 ? fixes : [byDefault];
      problems.push({
        ...found,
        params: [name],
        fixes: all.map((fix) => ({ title: fix.title, params: { [name]: fix.initializer } })),
      });
    }
  }
  return { values, problems };
}

function unknownLosses(definition: LayerDefinition, params: AnyParams): readonly Problem[] {
  return Object.entries(definition.params).flatMap(([name, param]) => {
    const value = params[name];
    if (param.kind !== 'loss' || typeof value !== 'string' || value === param.default || losses.has(value)) return [];
    const fixes = [{ title: 'The recipe’s loss', params: { [name]: param.default } }];
    return [
      problem('param.loss', `There is no loss “${value}”; there are ${[...losses.keys()].join(', ')}.`, { params: [name], fixes }),
    ];
  });
}

function run(definition: LayerDefinition, node: GraphNode, inputs: readonly Shape[]): NodeInference {
  const { params, problems: unreadable } = resolveParams(definition, node);
  if (!params) return { params, outputs: null, cost: null, problems: unreadable };
  const { shapes, problems } = definition.shape(inputs, params);
  if (!shapes) return { params, outputs: null, cost: null, problems };
  const weights = Object.values(definition.weights(inputs, params));
  const count = (list: typeof weights) => list.reduce((sum, weight) => sum + elements([null, ...weight.shape]), 0);
  const largest = [...shapes, ...weights.map((weight) => [null, ...weight.shape])].find(
    (shape) => elements(shape) >= mostElements,
  );
  if (largest) {
    const got = elements(largest).toLocaleString('en');
    const tooLarge = problem(
      'size.overflow',
      `${formatShape(largest)} are ${got} numbers; no backend holds more than 2³¹ in one tensor. Make it smaller before this layer.`,
      { expected: 'fewer than 2,147,483,648', got },
    );
    return { params, outputs: null, cost: null, problems: [...problems, tooLarge] };
  }
  const cost: Cost = {
    params: count(weights),
    trainable: count(weights.filter((weight) => weight.trainable)),
    macs: definition.macs(inputs, shapes, params),
    activationBytes: 4 * shapes.reduce((sum, shape) => sum + elements(shape), 0),
  };
  return { params, outputs: shapes, cost, problems };
}
