/**
 * Re-inference after the edit of one parameter, as a user waits for it: the edit, the compilation, and the edited
 * node's report read, beside inference from nothing. `npm run bench -- check [--json]`; ends with 1 over the bar.
 */
import { compile } from '@/compiler/compile';
import { emptyDocument, type Edge, type GraphNode, type LoomDocument } from '@/graph/document';
import { applyEdit } from '@/graph/edits';

/** Largest time at the 95th percentile, in ms, by number of nodes. */
const bars: ReadonlyMap<number, number> = new Map([
  [1_000, 4],
  [10_000, 40],
]);
const EDITS = 200;
const FULL = 7;

type Params = Readonly<Record<string, unknown>>;

class Drawing {
  readonly nodes: GraphNode[] = [];
  readonly edges: Edge[] = [];

  add(type: string, params: Params, ...from: readonly string[]): string {
    const id = `${type}${this.nodes.length}`;
    this.nodes.push({ id, type, version: 1, name: id, params, position: { x: 0, y: 100 * this.nodes.length } });
    from.forEach((source, port) => this.edges.push({ from: { node: source, port: 0 }, to: { node: id, port } }));
    return id;
  }

  document(): LoomDocument {
    return { ...emptyDocument('bench'), nodes: this.nodes, edges: this.edges };
  }
}

const same = { filters: 8, kernel: [3, 3], padding: 'same' };

interface Shape {
  readonly name: string;
  readonly document: LoomDocument;
  /** Ids of nodes to edit: first, in the middle, last. */
  readonly convolutions: readonly string[];
  readonly activations: readonly string[];
}

const endsAndMiddle = (ids: readonly string[]) => [ids[0]!, ids[ids.length >> 1]!, ids.at(-1)!];

/** Convolution, batch norm, activation, and so on in one chain: a size that changes runs to its end. */
function plain(count: number): Shape {
  const drawing = new Drawing();
  let at = drawing.add('input', { shape: [32, 32, 8] });
  const convolutions: string[] = [];
  const activations: string[] = [];
  while (drawing.nodes.length + 4 <= count) {
    // An odd kernel of one row and column keeps every size, so that an edit of height or width is never taken up.
    convolutions.push((at = drawing.add('conv2d', { ...same, kernel: [1, 1] }, at)));
    at = drawing.add('batchNorm', {}, at);
    activations.push((at = drawing.add('activation', { activation: 'relu' }, at)));
  }
  drawing.add('output', {}, at);
  return { name: 'chain', document: drawing.document(), convolutions: endsAndMiddle(convolutions), activations: endsAndMiddle(activations) };
}

/** Residual blocks one after the other: convolution, batch norm, activation, add. He et al. 2016. */
function residual(count: number): Shape {
  const drawing = new Drawing();
  let at = drawing.add('conv2d', same, drawing.add('input', { shape: [32, 32, 3] }));
  const convolutions: string[] = [];
  const activations: string[] = [];
  while (drawing.nodes.length + 5 <= count) {
    const convolution = drawing.add('conv2d', same, at);
    const activation = drawing.add('activation', { activation: 'relu' }, drawing.add('batchNorm', {}, convolution));
    at = drawing.add('add', {}, at, activation);
    convolutions.push(convolution);
    activations.push(activation);
  }
  drawing.add('output', {}, at);
  return { name: 'residual', document: drawing.document(), convolutions: endsAndMiddle(convolutions), activations: endsAndMiddle(activations) };
}

/** Cells of eight branches side by side, joined by depth. Szegedy et al. 2015. */
function wide(count: number): Shape {
  const drawing = new Drawing();
  let at = drawing.add('input', { shape: [32, 32, 8] });
  const convolutions: string[] = [];
  const activations: string[] = [];
  while (drawing.nodes.length + 18 <= count) {
    const branches = Array.from({ length: 8 }, () => {
      convolutions.push(drawing.add('conv2d', same, at));
      activations.push(drawing.add('activation', { activation: 'relu' }, convolutions.at(-1)!));
      return activations.at(-1)!;
    });
    at = drawing.add('concatenate', {}, ...branches);
  }
  drawing.add('output', {}, at);
  return { name: 'wide', document: drawing.document(), convolutions: endsAndMiddle(convolutions), activations: endsAndMiddle(activations) };
}

const places = ['first', 'middle', 'last'] as const;

interface Case {
  readonly edit: string;
  readonly node: string;
  readonly place: string;
  /** Two values in turn, so that every edit changes something. */
  readonly values: readonly [Params, Params];
}

/** Edits that change no size, channels alone, height and width, and the size of everything. */
const casesOf = ({ name, document, convolutions, activations }: Shape): readonly Case[] => [
  ...activations.map((node, i) => ({ edit: 'activation', node, place: places[i]!, values: [{ activation: 'tanh' }, { activation: 'relu' }] as const })),
  ...convolutions.map((node, i) => ({ edit: 'bias', node, place: places[i]!, values: [{ bias: false }, { bias: true }] as const })),
  ...convolutions.map((node, i) => ({ edit: 'filters', node, place: places[i]!, values: [{ filters: 9 }, { filters: 8 }] as const })),
  ...(name === 'residual' ? [] : convolutions.map((node, i) => ({ edit: 'stride', node, place: places[i]!, values: [{ stride: [2, 2] }, { stride: [1, 1] }] as const }))),
  { edit: 'image size', node: document.nodes[0]!.id, place: 'first', values: [{ shape: [30, 30, 8] }, { shape: [32, 32, 8] }] },
];

/** A copy that shares no object, so that nothing is known of it. */
const unknown = (document: LoomDocument): LoomDocument => structuredClone(document);

const quantile = (times: readonly number[], part: number) =>
  times.toSorted((a, b) => a - b)[Math.min(times.length - 1, Math.ceil(part * times.length) - 1)] ?? NaN;

function fullMs(document: LoomDocument): number {
  const times = Array.from({ length: FULL }, () => {
    const fresh = unknown(document);
    const start = performance.now();
    compile(fresh);
    return performance.now() - start;
  });
  return quantile(times, 0.5);
}

/** As the canvas and the inspector do it. */
function read(compilation: ReturnType<typeof compile>, node: string): boolean {
  const report = compilation.nodes.get(node);
  return report?.node === node && report.cost !== null && compilation.problems.length >= 0;
}

function editMs(document: LoomDocument, { node, values }: Case): { readonly times: readonly number[]; readonly cpu: readonly number[]; readonly reported: number } {
  let now = document;
  let before = compile(now);
  let reported = 0;
  const cpu: number[] = [];
  const times = Array.from({ length: EDITS }, (_, i) => {
    const spent = process.cpuUsage();
    const start = performance.now();
    now = applyEdit(now, { kind: 'setParams', node, params: values[i % 2 as 0 | 1] });
    const after = compile(now);
    if (!read(after, node)) throw new Error(`No report of ${node}.`);
    const time = performance.now() - start;
    const { user, system } = process.cpuUsage(spent);
    cpu.push((user + system) / 1000);
    if (i === 0) reported = [...after.nodes].filter(([id, report]) => before.nodes.get(id) !== report).length;
    before = after;
    return time;
  });
  return { times, cpu, reported };
}

const results = [...bars].flatMap(([count, bar]) =>
  [residual(count), wide(count), plain(count)].flatMap((shape) => {
    const { document } = shape;
    // Edits first: copies of the document, which are inferred from nothing, would leave much to collect behind.
    const edited = casesOf(shape).map((each) => ({ each, ...editMs(document, each) }));
    const full = fullMs(document);
    return edited.map(({ each, times, cpu, reported }) => {
      const p95 = quantile(times, 0.95);
      return {
        nodes: document.nodes.length,
        graph: shape.name,
        edit: each.edit,
        place: each.place,
        inferred: reported,
        p50: quantile(times, 0.5),
        p95,
        cpu95: quantile(cpu, 0.95),
        full,
        ratio: full / p95,
        bar,
        holds: p95 <= bar,
      };
    });
  }),
);

if (process.argv.includes('--json')) {
  console.log(JSON.stringify(results));
} else {
  const row = (cells: readonly string[]) => console.log(cells.map((cell, i) => (i < 3 ? cell.padEnd([10, 12, 8][i]!) : cell.padStart(10))).join(''));
  const ms = (value: number) => value.toFixed(value < 10 ? 2 : 1);
  for (const [count, bar] of bars) {
    console.log(`\n${count.toLocaleString('en')} nodes, ms; bar ${bar} ms at the 95th percentile of ${EDITS} edits; full: median of ${FULL}`);
    row(['graph', 'edit', 'node', 'inferred', 'p50', 'p95', 'CPU p95', 'full', 'full/p95', '']);
    for (const each of results.filter((result) => result.bar === bar)) {
      row([each.graph, each.edit, each.place, `${each.inferred}`, ms(each.p50), ms(each.p95), ms(each.cpu95), ms(each.full), `${each.ratio.toFixed(1)}×`, each.holds ? '' : 'over']);
    }
  }
}
process.exitCode = results.every(({ holds }) => holds) ? 0 : 1;
