import type { Geometry } from './convolution';
import type { WebglProgram } from './webglProgram';

/** Fragments that keep a large graphics card busy. */
const ENOUGH_FRAGMENTS = 16_384;
/** Positions below which one more part costs more, by adding the parts up, than it saves. */
const LEAST_POSITIONS = 64;

interface Parts {
  readonly count: number;
  /** Lines of all images' output that a part sums over. */
  readonly lines: number;
}

function partsOf({ batch, rows, columns }: Geometry, fragments: number): Parts {
  const lines = batch * rows.out;
  const most = Math.max(1, Math.floor((lines * columns.out) / LEAST_POSITIONS));
  const perPart = Math.ceil(lines / Math.min(lines, most, Math.ceil(ENOUGH_FRAGMENTS / fragments)));
  return { count: Math.ceil(lines / perPart), lines: perPart };
}

/** Goes over the lines of part `at.x`: the image, the row of the output, and the row of the input that tap `at.y` sees. */
const overLines = ({ batch, rows, columns }: Geometry, { lines }: Parts, body: string): string => `
  int tapRow = (at.y / ${columns.kernel}) * ${rows.dilation} - ${rows.before};
  int tapColumn = imod(at.y, ${columns.kernel}) * ${columns.dilation} - ${columns.before};
  int end = min((at.x + 1) * ${lines}, ${batch * rows.out});
  for (int line = at.x * ${lines}; line < end; line++) {
    int image = line / ${rows.out};
    int outRow = line - image * ${rows.out};
    int row = outRow * ${rows.stride} + tapRow;
    if (row < 0 || row >= ${rows.size}) continue;
    ${body}
  }`;

/**
 * The input at two columns of the output, `column.x` and `column.y`, as x0 and x1. At stride 1 these are neighbours:
 * where the first is even they stand in one texel, and else the first stood in the texel fetched last.
 */
const twoColumns = (stride: number): { readonly before: string; readonly fetch: string } =>
  stride === 1
    ? {
        before: 'vec4 last = getX(image, row, tapColumn, at.z);',
        fetch: `
          vec4 texel = getX(image, row, isEven.x ? column.x : column.y, at.z);
          vec2 x0 = isEven.x ? texel.rg : last.ba;
          vec2 x1 = isEven.x ? texel.ba : texel.rg;
          last = texel;`,
      }
    : {
        before: '',
        fetch: `
          vec4 texel0 = getX(image, row, column.x, at.z);
          vec4 texel1 = getX(image, row, column.y, at.z);
          vec2 x0 = isEven.x ? texel0.rg : texel0.ba;
          vec2 x1 = isEven.y ? texel1.rg : texel1.ba;`,
      };

/**
 * The filter gradient over parts of the positions. A fragment computes two input by two output channels of a tap, and
 * takes two columns of the output at a time: eight products from two texels, or three where the stride is above 1.
 * x: [batch, h, w, inChannels]  dy: [batch, h', w', outChannels]  →  [parts, kh·kw, inChannels, outChannels]
 */
export function filterGradientParts(g: Geometry): WebglProgram {
  const { inChannels, outChannels, columns } = g;
  const taps = g.rows.kernel * columns.kernel;
  const parts = partsOf(g, taps * Math.ceil(inChannels / 2) * Math.ceil(outChannels / 2));
  const { before, fetch } = twoColumns(columns.stride);
  return {
    variableNames: ['x', 'dy'],
    outputShape: [parts.count, taps, inChannels, outChannels],
    packedInputs: true,
    packedOutput: true,
    userCode: `
      void main() {
        ivec4 at = getOutputCoords();
        vec4 sum = vec4(0.);
        ${overLines(
          g,
          parts,
          `
        ${before}
        for (int outColumn = 0; outColumn < ${columns.out}; outColumn += 2) {
          ivec2 column = ivec2(outColumn, outColumn + 1) * ${columns.stride} + tapColumn;
          bvec2 isEven = equal(column - (column / 2) * 2, ivec2(0));
          ${fetch}
          if (column.x < 0 || column.x >= ${columns.size}) x0 = vec2(0.);
          if (column.y < 0 || column.y >= ${columns.size}) x1 = vec2(0.);
          vec4 upper = getDy(image, outRow, outColumn, at.w);
          sum += x0.xxyy * upper.rgrg;
          if (outColumn + 1 < ${columns.out}) sum += x1.xxyy * upper.baba;
        }`,
        )}
        // What stands in a texel beyond the channels is zero, as packed shaders count on.
        bvec2 beyond = bvec2(at.z + 1 >= ${inChannels}, at.w + 1 >= ${outChannels});
        setOutput(vec4(sum.r, beyond.y ? 0. : sum.g, beyond.x ? 0. : sum.b, beyond.x || beyond.y ? 0. : sum.a));
      }`,
  };
}

/**
 * The filter gradient of a depthwise convolution over parts of the positions, a fragment for each weight and part.
 * x: [batch, h, w, c]  dy: [batch, h', w', c·multiplier]  →  [parts, kh·kw, c, multiplier]
 */
export function depthwiseFilterGradientParts(g: Geometry): WebglProgram {
  const { inChannels, outChannels, columns } = g;
  const [taps, multiplier] = [g.rows.kernel * columns.kernel, outChannels / inChannels];
  const parts = partsOf(g, taps * outChannels);
  return {
    variableNames: ['x', 'dy'],
    outputShape: [parts.count, taps, inChannels, multiplier],
    userCode: `
      void main() {
        ivec4 at = getOutputCoords();
        float sum = 0.;
        ${overLines(
          g,
          parts,
          `
        for (int outColumn = 0; outColumn < ${columns.out}; outColumn++) {
          int column = outColumn * ${columns.stride} + tapColumn;
          if (column < 0 || column >= ${columns.size}) continue;
          sum += getX(image, row, column, at.z) * getDy(image, outRow, outColumn, at.z * ${multiplier} + at.w);
        }`,
        )}
        setOutput(sum);
      }`,
  };
}

/** Adds up what the parts give: [parts, taps, a, b] → [taps, a, b], packed or not as the parts are. */
export function sumOfParts([parts, ...outputShape]: readonly number[], isPacked: boolean): WebglProgram {
  return {
    variableNames: ['parts'],
    outputShape,
    packedInputs: isPacked,
    packedOutput: isPacked,
    userCode: `
      void main() {
        ivec3 at = getOutputCoords();
        ${isPacked ? 'vec4' : 'float'} sum = ${isPacked ? 'vec4(0.)' : '0.'};
        for (int part = 0; part < ${parts}; part++) sum += getParts(part, at.x, at.y, at.z);
        setOutput(sum);
      }`,
  };
}
