import { axes as axesParam, type Padding, type Pair } from '@/core/params';
import { problem, type ParamFix, type Problem } from '@/core/problem';
import { channels, elements, formatShape, onEachAxis, withoutBatch, type Rank, type Shape } from '@/core/shape';
import { defineLayer, refused, shaped, type Inference, type LayerCase, type LayerDefinition } from '../define';
import { python, pythonCall, sizeArgument, type TorchCode } from '../emit';
import { transposedField } from './field';
import { windowParams } from './pooling';
import { rankProblem } from './rank';
import { halfPaddingProblem } from './sliding';
import {
  transposedAxes,
  transposedFormulas,
  transposeWindow,
  type TransposedParams,
  type TransposedWindow,
} from './transposed';
import { unpooled } from './unpool';
import { axesText, axisNames, axisWindow, volume, windowText, type AxisWindow, type Window } from './windows';

/** Draws for a place that no other window names. */
const MOST_TRIES = 40;

export interface UnpoolValues {
  readonly pool: readonly number[];
  readonly stride: readonly number[];
  readonly padding: Padding;
  readonly size: readonly number[];
}

const names: TransposedParams = {
  kernel: 'pool',
  stride: 'stride',
  padding: 'padding',
  dilation: null,
  numericPadding: true,
  outputPadding: null,
};

/** What is transposed: pools have no lines that `valid` would fill up, as transposed convolutions do. */
function transposed(p: UnpoolValues): TransposedWindow {
  const zeros = onEachAxis(p.pool.length, 0);
  const padding = p.padding === 'valid' ? zeros.map((): Pair => [0, 0]) : p.padding;
  return { kernel: p.pool, stride: p.stride, dilation: zeros.map(() => 1), padding, outputPadding: zeros };
}

/** Sizes that the window alone gives, and those asked for instead. */
const sizesOf = (input: Shape, p: UnpoolValues) =>
  transposedAxes(input, transposed(p)).map(({ out, stride }, axis) => {
    const asked = p.size[axis] ?? 0;
    return { own: out, out: asked === 0 ? out : asked, stride };
  });

/** The windows of the pooling that is undone, on its input. */
export const windowsOn = (output: Shape, p: UnpoolValues): readonly AxisWindow[] => {
  const window: Window = { ...transposed(p), padding: p.padding };
  return p.pool.map((_, axis) => axisWindow(output[axis + 1] ?? 1, window, axis));
};

/** Refuses an output size that no pooling by this window, rounded down or up, makes what comes in of. */
function sizeProblems(input: Shape, p: UnpoolValues): readonly Problem[] {
  const sizes = sizesOf(input, p);
  const size = onEachAxis(p.pool.length, 0);
  const fixes: readonly ParamFix[] = [
    { title: `by the window → ${axesText(sizes.map(({ own }) => own))}`, params: { size } },
  ];
  const windows = windowsOn([null, ...sizes.map(({ out }) => out), null], p);
  return sizes.flatMap(({ own, out, stride }, axis) => {
    // The last window begins inside.
    const last = ((input[axis + 1] ?? 1) - 1) * stride - (windows[axis]?.before ?? 0);
    const from = Math.max(own - stride, last) + 1;
    if (out >= from && out < own + stride) return [];
    return [
      problem(
        'unpool.size',
        `An output ${axisNames(p.pool.length, [axis])} of ${out} does not belong to ${input[axis + 1] ?? 1} windows: ` +
          `by window, stride and padding it is ${own}, and pooling makes as many of ${from} … ${own + stride - 1}.`,
        { expected: `${from} … ${own + stride - 1}`, got: `${out}`, params: ['size'], fixes },
      ),
    ];
  });
}

function unpoolShape(inputs: readonly Shape[], p: UnpoolValues): Inference {
  const [values = [], indices = []] = inputs;
  const rank = p.pool.length;
  const wrongRank = rankProblem(values, [rank + 1], 'Max unpool') ?? rankProblem(indices, [rank + 1], 'Max unpool');
  if (wrongRank) return refused(wrongRank);
  if (formatShape(values) !== formatShape(indices)) {
    const got = `${formatShape(values)} and ${formatShape(indices)}`;
    return refused(
      problem('unpool.inputs', `Each number needs an index: numbers and indices are ${got}, which differ.`, {
        expected: 'equal sizes',
        got,
      }),
    );
  }
  const window = transposed(p);
  const tooMuch = halfPaddingProblem(values, window, { ...names, halfPadding: true });
  if (tooMuch) return refused(tooMuch);
  const { sizes, problems } = transposeWindow(values, window, names, channels(values));
  const wrong = sizes ? sizeProblems(values, p) : problems;
  if (wrong.length > 0) return refused(...wrong);
  return shaped([null, ...sizesOf(values, p).map(({ out }) => out), channels(values)]);
}

/** PyTorch's module where it can be told the size; else the same by a scatter into zeros. */
function torchUnpool(input: Shape, output: Shape, p: UnpoolValues): TorchCode {
  const rank = p.pool.length;
  const common = { layout: 'first', weights: {} } as const;
  const sizes = withoutBatch(output).slice(0, -1);
  const windows = windowsOn(output, p);
  const pads = windows.map(({ before }) => before);
  const own = pads.map((pad, i) => ((input[i + 1] ?? 1) - 1) * (p.stride[i] ?? 1) - 2 * pad + (p.pool[i] ?? 1));
  const strides = p.stride.every((by, i) => by === p.pool[i]) ? undefined : sizeArgument(p.stride);
  const padding = pads.some((pad) => pad > 0) ? sizeArgument(pads) : undefined;
  if (sizes.every((size, i) => Math.abs(size - (own[i] ?? 0)) < (p.stride[i] ?? 1))) {
    const told = sizes.every((size, i) => size === own[i]) ? '' : `, output_size=${python(sizes)}`;
    return {
      ...common,
      module: pythonCall(`nn.MaxUnpool${rank}d`, [sizeArgument(p.pool)], { stride: strides, padding }),
      call: `m(x0, x1.long()${told})`,
    };
  }
  const places = sizes.length === 1 ? '' : `.unflatten(2, ${python(sizes)})`;
  return {
    ...common,
    module: null,
    call:
      `x0.new_zeros(*x0.shape[:2], ${volume(sizes)})` +
      `.scatter(2, x1.long().flatten(2), x0.flatten(2))${places}`,
  };
}

interface Header {
  readonly type: string;
  readonly summary: string;
  readonly cases: readonly LayerCase<UnpoolValues>[];
}

/**
 * Puts the maxima of a pooling back where they stood, by the places that it told, and 0 everywhere else. Each place is
 * looked for in the window that its maximum is from; where windows overlap and name one place, the last one is there,
 * and all of them take its gradient.
 * Inputs: [batch, …, channels] twice, numbers and their places, counted row by row in a channel's plane of the output
 * Output: [batch, …', channels], (in − 1)·s − pₐ − p_b + k per axis unless a size is asked for
 * Zeiler & Fergus 2014, "Visualizing and understanding convolutional networks", §2.1.
 */
export function defineMaxUnpool(rank: Rank, header: Header): LayerDefinition {
  return defineLayer({
    ...header,
    family: 'pooling',
    title: `Max unpool ${rank}D`,
    keywords: ['unpooling', 'switches', 'upsample', 'segnet', 'decoder', 'autoencoder'],
    reference: 'Zeiler & Fergus 2014, Visualizing and understanding convolutional networks, §2.1',
    params: {
      ...windowParams(rank),
      size: axesParam({
        label: 'Output size',
        hint: '0: by window, stride and padding. Where the pooling left lines over, the size that it began from.',
        rank,
        min: 0,
        max: 65536,
        default: onEachAxis(rank, 0),
        advanced: true,
      }),
    },
    inputs: { kind: 'fixed', names: ['input', 'indices'] },
    shape: unpoolShape,
    forward: (tf, [values, indices], _weights, p) => {
      const output = [null, ...sizesOf(values.shape, p).map(({ out }) => out), null];
      return unpooled(tf, values, indices!, windowsOn(output, p));
    },
    formula: ([input = []], [output = []], p) => [
      ...transposedFormulas(input, transposed(p), names),
      ...(p.size.some((asked) => asked > 0)
        ? [
            {
              title: 'Output size asked for',
              lines: [[{ text: axesText(sizesOf(input, p).map(({ out }) => out)), param: 'size' }]],
            },
          ]
        : []),
      {
        title: 'Numbers that are not 0',
        lines: [
          [
            'at most ',
            { text: elements(input).toLocaleString('en'), input: true },
            ` of ${elements(output).toLocaleString('en')}`,
          ],
        ],
      },
    ],
    field: ([input = []], _outputs, p) => transposedField(input, transposed(p)),
    macs: null,
    torch: (p, { inputs: [input = []], outputs: [output = []] }) => torchUnpool(input, output, p),
    keras: () => ({ none: 'Keras has no unpooling by indices.' }),
    examples: ([input = []], p, random, batch) => {
      const sizes = sizesOf(input, p).map(({ out }) => out);
      const windows = windowsOn([null, ...sizes, null], p);
      const count = channels(input);
      const counts = withoutBatch(input).slice(0, -1);
      const values = Float32Array.from({ length: batch * elements(input) }, () => random.normal());
      const taken = new Set<string>();
      const indices = values.map((_, cell) => {
        const example = Math.floor(cell / elements(input));
        let rest = Math.floor(cell / count);
        const window = counts.toReversed().map((of) => {
          const at = rest % of;
          rest = Math.floor(rest / of);
          return at;
        });
        window.reverse();
        /** Some place of the window that lies inside. */
        const somePlace = () =>
          window.reduce((place, at, axis) => {
            const { stride, before, kernel, size } = windows[axis]!;
            const start = at * stride - before;
            const [from, to] = [Math.min(Math.max(0, start), size - 1), Math.min(size, start + kernel)];
            return place * size + from + random.below(Math.max(1, to - from));
          }, 0);
        // Where two windows name one place, one number is lost and there is no derivative.
        const keyOf = (place: number) => `${example} ${cell % count} ${place}`;
        let place = somePlace();
        for (let tries = 0; tries < MOST_TRIES && taken.has(keyOf(place)); tries += 1) place = somePlace();
        taken.add(keyOf(place));
        return place;
      });
      return [values, indices];
    },
    telling: (p) => windowText({ ...transposed(p), padding: p.padding }),
  });
}

