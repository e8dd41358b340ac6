import { parseParams } from '@/core/params';
import { warning } from '@/core/problem';
import { elements, formatShape, withoutBatch } from '@/core/shape';
import type { DatasetDefinition } from '@/datasets/define';
import { findDataset } from '@/datasets/registry';
import type { LoomDocument } from '@/graph/document';
import { edgeId } from '@/graph/document';
import type { Edit, GraphFix, GraphProblem } from '@/graph/edits';
import { layers } from '@/layers/registry';
import type { LossDefinition } from '@/recipe/define';
import { losses } from '@/recipe/registry';
import { finalActivation } from './lower';
import type { Plan, PlanLayer } from './plan';

/** Problems with these codes leave the network sound but keep it from training on the chosen data. */
export const blocksTraining = (found: GraphProblem): boolean => found.code.startsWith('fit.');

const shapeText = (sizes: readonly number[]) => sizes.join('×');
const matches = (sizes: readonly number[], wanted: readonly number[]) =>
  sizes.length === wanted.length && sizes.every((size, axis) => size === wanted[axis]);

/** What each output of the network must be for a dataset. */
function wantedOutput(dataset: DatasetDefinition): number {
  return dataset.task.names.length;
}

/** The layer an output's values come from, and those it runs through on the way, last first. */
function chainBefore(plan: Plan, output: number): readonly PlanLayer[] {
  const chain: PlanLayer[] = [];
  let at = plan.layers[output]?.sources[0]?.layer;
  while (at !== undefined && plan.layers[at]) {
    const layer = plan.layers[at]!;
    chain.push(layer);
    at = layer.sources.length === 1 ? layer.sources[0]!.layer : undefined;
  }
  return chain;
}

/** A change of one whole-number parameter that makes the last layer able to set its size give `wanted` features. */
function resizeFix(plan: Plan, output: number, wanted: number): GraphFix | null {
  for (const layer of chainBefore(plan, output)) {
    const definition = layers.get(layer.type);
    if (!definition) return null;
    for (const [name, param] of Object.entries(definition.params)) {
      if (param.kind !== 'int') continue;
      const tried = parseParams(definition.params, { ...layer.params, [name]: wanted });
      if (!tried.ok) continue;
      const shape = definition.shape(layer.inputs, tried.value).shapes?.[0];
      if (shape && matches(withoutBatch(shape), [wanted])) {
        return {
          title: `${layer.name}: ${param.label.toLowerCase()} ${wanted}`,
          edits: [{ kind: 'setParams', node: layer.node, params: { [name]: wanted } }],
        };
      }
    }
    // Only layers that keep the size may stand between it and the output.
    if (!matches(withoutBatch(layer.inputs[0] ?? []), withoutBatch(layer.outputs[0] ?? []))) return null;
  }
  return null;
}

/** Ends the network in an activation: set on the last layer that has one, else as a layer of its own. */
function activationFix(document: LoomDocument, plan: Plan, output: number, activation: 'softmax' | 'sigmoid'): GraphFix | null {
  const last = chainBefore(plan, output)[0];
  const definition = last && layers.get(last.type);
  const param = definition?.params.activation;
  const title = `End in ${activation}`;
  if (last && param?.kind === 'choice' && param.options.some((option) => option.value === activation)) {
    return { title, edits: [{ kind: 'setParams', node: last.node, params: { activation } }] };
  }
  const sink = plan.layers[output];
  const wire = document.edges.find((edge) => edge.to.node === sink?.node);
  const sinkNode = document.nodes.find((node) => node.id === sink?.node);
  if (!wire || !sinkNode) return null;
  let id: string = activation;
  for (let n = 2; document.nodes.some((node) => node.id === id); n += 1) id = `${activation}${n}`;
  const edits: readonly Edit[] = [
    { kind: 'disconnect', edges: [edgeId(wire)] },
    {
      kind: 'addNodes',
      nodes: [{ id, type: 'activation', version: 1, name: id, params: { activation }, position: sinkNode.position }],
      edges: [
        { from: wire.from, to: { node: id, port: 0 } },
        { from: { node: id, port: 0 }, to: wire.to },
      ],
    },
    { kind: 'move', positions: { [sinkNode.id]: { x: sinkNode.position.x, y: sinkNode.position.y + 100 } } },
  ];
  return { title, edits };
}

const found = (
  node: string | null,
  code: string,
  message: string,
  details: { expected?: string; got?: string; fixes?: readonly (GraphFix | null)[] } = {},
): GraphProblem => ({
  ...warning<GraphFix>(code, message, {
    ...details,
    fixes: (details.fixes ?? []).filter((fix) => fix !== null),
  }),
  node,
});

/** Whether the network takes the chosen dataset's examples and predicts its targets, under the chosen loss. */
export function fitProblems(document: LoomDocument, plan: Plan): readonly GraphProblem[] {
  if (document.dataset === null) return [];
  const dataset = findDataset(document.dataset);
  if (!dataset) {
    return [
      found(null, 'fit.dataset', `There is no dataset “${document.dataset}” in this version of Layerloom; choose another under Model.`, {
        fixes: [{ title: 'No dataset', edits: [{ kind: 'setDocument', values: { dataset: null } }] }],
      }),
    ];
  }
  const problems: GraphProblem[] = [];
  for (const i of plan.inputs) {
    const layer = plan.layers[i]!;
    const sizes = withoutBatch(layer.outputs[0] ?? []);
    if (!matches(sizes, dataset.input)) {
      const wanted = shapeText(dataset.input);
      problems.push(
        found(layer.node, 'fit.input', `${dataset.title} gives examples of ${wanted}; ${layer.name} takes ${shapeText(sizes)}.`, {
          expected: wanted,
          got: shapeText(sizes),
          fixes: [
            { title: `${layer.name}: shape ${wanted}`, edits: [{ kind: 'setParams', node: layer.node, params: { shape: dataset.input } }] },
          ],
        }),
      );
    }
  }
  const loss = losses.get(document.recipe.loss);
  const { task } = dataset;
  if (!loss) {
    problems.push(
      found(null, 'fit.loss', `There is no loss “${document.recipe.loss}”; there are ${[...losses.keys()].join(', ')}.`),
    );
    return problems;
  }
  const usesRecipe = plan.outputs.some((i) => !losses.has(String(plan.layers[i]!.params.loss)));
  if (usesRecipe && !loss.tasks.includes(task.kind)) {
    problems.push(unfitLoss(dataset, loss, null, (type) => ({ kind: 'setRecipe', recipe: { loss: type } })));
    return problems;
  }
  for (const i of plan.outputs) {
    const { node, params } = plan.layers[i]!;
    const own = losses.get(String(params.loss)) ?? loss;
    problems.push(
      ...(own.tasks.includes(task.kind)
        ? outputProblems(document, plan, i, dataset, own.probabilities)
        : [unfitLoss(dataset, own, node, (type) => ({ kind: 'setParams', node, params: { loss: type } }))]),
    );
  }
  return problems;
}

/** A loss that does not measure what the dataset has; the fix takes one that does. */
function unfitLoss(
  dataset: DatasetDefinition,
  loss: LossDefinition,
  node: string | null,
  choose: (type: string) => Edit,
): GraphProblem {
  const { kind } = dataset.task;
  const other = [...losses.values()].find((each) => each.tasks.includes(kind));
  const has = kind === 'values' ? 'numbers to predict' : 'classes to tell apart';
  return found(node, 'fit.loss', `${dataset.title} has ${has}, which ${loss.title.toLowerCase()} does not measure.`, {
    fixes: other ? [{ title: other.title, edits: [choose(other.type)] }] : [],
  });
}

function outputProblems(
  document: LoomDocument,
  plan: Plan,
  output: number,
  dataset: DatasetDefinition,
  probabilities: boolean,
): readonly GraphProblem[] {
  const layer = plan.layers[output]!;
  const shape = layer.outputs[0] ?? [];
  const wanted = wantedOutput(dataset);
  const classes = dataset.task.kind === 'classes';
  // Two classes can be told apart by one unit: the probability of the second.
  const single = classes && wanted === 2 && matches(withoutBatch(shape), [1]);
  if (!single && !matches(withoutBatch(shape), [wanted])) {
    const what = classes ? `${wanted} classes` : wanted === 1 ? 'one value' : `${wanted} values`;
    const binary = classes && wanted === 2 ? ' (or 1, through a sigmoid)' : '';
    return [
      found(
        layer.node,
        'fit.output',
        `${dataset.title} has ${what}, so the output must have ${wanted}${binary}; it has ${formatShape(shape)}` +
          `${shape.length > 2 ? `, which is ${elements(shape).toLocaleString('en')} numbers in ${shape.length - 1} axes` : ''}.`,
        { expected: `${wanted}`, got: formatShape(shape), fixes: [resizeFix(plan, output, wanted)] },
      ),
    ];
  }
  if (!probabilities) return [];
  const ending = single ? 'sigmoid' : 'softmax';
  if (finalActivation(plan, output) === ending) return [];
  return [
    found(
      layer.node,
      'fit.activation',
      `Cross-entropy compares probabilities, so the network must end in ${ending}; as it is, its outputs can be any numbers.`,
      { expected: ending, fixes: [activationFix(document, plan, output, ending)] },
    ),
  ];
}
