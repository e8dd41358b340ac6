import type { AnyParams } from '@/core/params';
import { randomStream, type RandomStream } from '@/core/random';
import { sameShape, type Shape } from '@/core/shape';
import { emptyDocument, type Edge, type GraphNode, type LoomDocument, type Port } from '@/graph/document';
import type { LayerDefinition } from '@/layers/define';
import { layers } from '@/layers/registry';
import { drawArity, drawLayer, drawParamsFor, drawShape } from './drawLayer';
import { chance, pick } from './drawParams';

/** An output that later nodes may take. */
interface Open extends Port {
  readonly shape: Shape;
  /** Nodes that take it. */
  taken: number;
}

const [source, sink] = (['source', 'sink'] as const).map((role) => [...layers.values()].find((it) => it.role === role));
const computing = [...layers.values()].filter(({ role }) => role === 'layer');

/** Grows a network node by node; keeps what later nodes may take. */
function grower(random: RandomStream) {
  const nodes: GraphNode[] = [];
  const edges: Edge[] = [];
  const open: Open[] = [];
  const add = (definition: LayerDefinition, params: AnyParams, from: readonly Port[], outputs: readonly Shape[]) => {
    const id = `n${nodes.length}`;
    const { type, version } = definition;
    nodes.push({ id, type, version, name: id, params: { ...params }, position: { x: 0, y: 100 * nodes.length } });
    from.forEach(({ node, port }, to) => {
      edges.push({ from: { node, port }, to: { node: id, port: to } });
      const taken = open.find((it) => it.node === node && it.port === port);
      if (taken) taken.taken += 1;
    });
    const made = outputs.map((shape, port): Open => ({ node: id, port, shape, taken: 0 }));
    open.push(...made);
    return made;
  };
  const addInput = (shape: Shape): Open => {
    if (!source) throw new Error('No layer begins a network.');
    return add(source, { shape: shape.slice(1) }, [], [shape])[0]!;
  };

  /** Inputs among what is there: mostly what leads nowhere yet, and often alike, as merging layers want them. */
  const chosen = (definition: LayerDefinition): readonly Open[] => {
    const loose = open.filter(({ taken }) => taken === 0);
    const first = pick(random, chance(random, 0.75) && loose.length > 0 ? loose : open);
    const alike = open.filter((it) => sameShape(it.shape, first.shape));
    const others = Array.from({ length: drawArity(definition, random) - 1 }, () =>
      pick(random, chance(random, 0.6) ? alike : open),
    );
    return [first, ...others];
  };

  const addLayer = (definition: LayerDefinition): boolean => {
    // Where not any numbers will do, nothing but an input can give them.
    for (let tries = 0; tries < 6 && !definition.examples; tries += 1) {
      const from = chosen(definition);
      const drawn = drawParamsFor(definition, from.map(({ shape }) => shape), random, 2);
      if (drawn) {
        add(definition, drawn.params, from, drawn.outputs);
        return true;
      }
    }
    const drawn = drawLayer(definition, random);
    if (!drawn) return false;
    add(definition, drawn.params, drawn.inputs.map(addInput), drawn.outputs);
    return true;
  };
  return { nodes, edges, open, addInput, addLayer };
}

/**
 * A random network of 5 to 25 nodes without an error: branches, merges, one or more inputs and outputs, every layer of
 * the registry as likely, with small random parameters that its shape rule accepts.
 */
export function randomDocument(seed: number): LoomDocument {
  const random = randomStream(seed, 'graph');
  const { nodes, edges, open, addInput, addLayer } = grower(random);
  addInput(drawShape(random));
  if (chance(random, 0.4)) addInput(drawShape(random));
  const wished = 4 + random.below(14);
  for (let tries = 0; nodes.length < wished && tries < 40; tries += 1) addLayer(pick(random, computing));
  const ends = open.filter(({ taken }) => taken === 0);
  ends.forEach(({ node, port }, i) => {
    const id = `out${i}`;
    const { type = '', version = 1 } = sink ?? {};
    nodes.push({ id, type, version, name: id, params: {}, position: { x: 0, y: 0 } });
    edges.push({ from: { node, port }, to: { node: id, port: 0 } });
  });
  return { ...emptyDocument(`graph ${seed}`), dataset: null, nodes, edges };
}

/** What breaks a parameter: values that no layer can mean, and such as only some shapes can't take. */
const BROKEN: readonly unknown[] = [
  ...[-1, 0, 0.5, 97, 1e9, 2 ** 40, 'none', '', null, true],
  ...[[], {}, [0, 0], [99], [99, 99], [99, 99, 99], [1e6, 1e6, 1e6]],
];

/** The document with parameters of one node broken, so that an error is sure; `null` where none was found. */
export function breakDocument(
  document: LoomDocument,
  seed: number,
  isBroken: (broken: LoomDocument) => boolean,
): { readonly document: LoomDocument; readonly node: GraphNode } | null {
  const random = randomStream(seed, 'graph/broken');
  const mutable = document.nodes.filter((node) => Object.keys(layers.get(node.type)?.params ?? {}).length > 0);
  for (let tries = 0; tries < 60 && mutable.length > 0; tries += 1) {
    const node = pick(random, mutable);
    const name = pick(random, Object.keys(layers.get(node.type)?.params ?? {}));
    const broken = { ...node, params: { ...node.params, [name]: pick(random, BROKEN) } };
    const changed = { ...document, nodes: document.nodes.map((each) => (each === node ? broken : each)) };
    if (isBroken(changed)) return { document: changed, node: broken };
  }
  return null;
}
