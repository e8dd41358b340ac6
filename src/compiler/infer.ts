import { parseParams, type AnyParams, type InitializerValue } from '@/core/params';
import { problem, type Problem } from '@/core/problem';
import { elements, type Shape } from '@/core/shape';
import type { LayerDefinition, WeightSpec } from '@/layers/define';
import { parseInitializer } from '@/recipe/initializer';
import { losses } from '@/recipe/registry';
import type { GraphNode } from '@/graph/document';
import type { Cost } from './plan';

/** What a node comes to by itself, given the shapes at its inputs. */
export interface NodeInference {
  readonly params: AnyParams | null;
  readonly outputs: readonly Shape[] | null;
  readonly weights: Readonly<Record<string, WeightSpec>> | null;
  readonly cost: Cost | null;
  readonly problems: readonly Problem[];
}

interface Resolved {
  readonly params: AnyParams | null;
  readonly problems: readonly Problem[];
}

const resolved = new WeakMap<AnyParams, { readonly definition: LayerDefinition; readonly version: number; readonly found: Resolved }>();

/** Checked parameters, checked once for each parameters object. */
export function paramsOf(definition: LayerDefinition, node: Pick<GraphNode, 'params' | 'version'>): Resolved {
  const known = resolved.get(node.params);
  if (known && known.definition === definition && known.version === node.version) return known.found;
  const found = resolveParams(definition, node);
  resolved.set(node.params, { definition, version: node.version, found });
  return found;
}

/** Checked parameters with defaults filled in, brought up from older versions; problems when they can't be read. */
export function resolveParams(
  definition: LayerDefinition,
  node: Pick<GraphNode, 'params' | 'version'>,
): Resolved {
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

const product = (sizes: readonly number[]): number => sizes.reduce((all, size) => all * size, 1);

/** Runs a layer's shape rule and cost for the shapes at its inputs. */
export function inferNode(definition: LayerDefinition, node: GraphNode, inputs: readonly Shape[]): NodeInference {
  const { params, problems: unreadable } = paramsOf(definition, node);
  if (!params) return { ...nothing, problems: unreadable };
  const { shapes, problems } = definition.shape(inputs, params);
  if (!shapes) return { ...nothing, params, problems };
  const weights = definition.weights(inputs, params);
  let count = 0;
  let trainable = 0;
  for (const weight of Object.values(weights)) {
    const size = product(weight.shape);
    count += size;
    if (weight.trainable) trainable += size;
  }
  const cost: Cost = {
    params: count,
    trainable,
    macs: definition.macs(inputs, shapes, params),
    activationBytes: 4 * shapes.reduce((sum, shape) => sum + elements(shape), 0),
  };
  return { params, outputs: shapes, weights, cost, problems };
}

const nothing = { params: null, outputs: null, weights: null, cost: null } as const;
