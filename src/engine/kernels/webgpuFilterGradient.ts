import type { Geometry } from './convolution';
import { elementProgram, ints, type UniformValue, type WebgpuProgram } from './webgpuProgram';

/** Threads of a workgroup, eight by eight. */
const SIDE = 8;
const THREADS = SIDE * SIDE;

/** Rows of the product that a workgroup computes, and positions that it holds in its shared memory at a time. */
const TILE_ROWS = 32;
const TILE_POSITIONS = 16;

/** Workgroups that keep a large graphics card busy. */
const ENOUGH_WORKGROUPS = 256;
/** Positions below which one more part costs more, by adding the parts up, than it saves. */
const LEAST_POSITIONS = 128;

interface Launch {
  readonly program: WebgpuProgram;
  readonly uniforms: UniformValue[];
}

const CONVOLUTION_UNIFORMS =
  'before : vec2<i32>, strides : vec2<i32>, dilations : vec2<i32>, filterWidth : i32, positions : i32, chunk : i32,';

const convolutionUniforms = ({ rows, columns }: Geometry, positions: number, chunk: number): UniformValue[] => [
  ints(rows.before, columns.before),
  ints(rows.stride, columns.stride),
  ints(rows.dilation, columns.dilation),
  ints(columns.kernel),
  ints(positions),
  ints(chunk),
];

/** Sizes of parts: whole tiles, as many as keep the card busy, if they are worth it. */
function chunkOf(positions: number, tiles: number): number {
  const parts = Math.min(Math.ceil(ENOUGH_WORKGROUPS / tiles), Math.max(1, Math.floor(positions / LEAST_POSITIONS)));
  return Math.ceil(positions / parts / TILE_POSITIONS) * TILE_POSITIONS;
}

/**
 * The filter gradient as a matrix product, xᵀ·dy: a row for each tap and input channel, a column for each output
 * channel, summed over all positions of all images. A workgroup computes a tile of it over one part of the positions,
 * from shared memory; the rows of x are picked where windows see them, never written out.
 * x: [batch, h, w, inChannels]  dy: [batch, h', w', outChannels]  →  [parts, kh·kw·inChannels, outChannels]
 */
export function filterGradientParts(g: Geometry): Launch {
  const matrixRows = g.rows.kernel * g.columns.kernel * g.inChannels;
  const perThread = g.outChannels <= SIDE ? 1 : g.outChannels <= 2 * SIDE ? 2 : 4;
  const tileColumns = SIDE * perThread;
  const [down, across] = [Math.ceil(matrixRows / TILE_ROWS), Math.ceil(g.outChannels / tileColumns)];
  const positions = g.batch * g.rows.out * g.columns.out;
  const chunk = chunkOf(positions, down * across);
  const parts = Math.ceil(positions / chunk);
  return {
    program: {
      outputShape: [parts, matrixRows, g.outChannels],
      variableNames: ['x', 'dy'],
      uniforms: `${CONVOLUTION_UNIFORMS} rounds : i32,`,
      workgroupSize: [SIDE, SIDE, 1],
      dispatchLayout: { x: [2], y: [1], z: [0] },
      dispatch: [across, down, parts],
      shaderKey: `filterGradientParts_${perThread}`,
      getUserCode: () => productCode(tileColumns),
    },
    uniforms: [...convolutionUniforms(g, positions, chunk), ints(chunk / TILE_POSITIONS)],
  };
}

const eachOf = <T>(count: number, f: (i: number) => T): readonly T[] => Array.from({ length: count }, (_, i) => f(i));

function productCode(tileColumns: number): string {
  const [rowsPerThread, columnsPerThread] = [TILE_ROWS / SIDE, tileColumns / SIDE];
  const cells = eachOf(rowsPerThread, (i) => eachOf(columnsPerThread, (j) => ({ i, j, sum: `sum${i}${j}` }))).flat();
  return `
    // Image, row and column of the window at each position of the tile, and the position itself, −1 past the end.
    var<workgroup> window : array<vec4<i32>, ${TILE_POSITIONS}>;
    var<workgroup> seen : array<array<f32, ${TILE_ROWS}>, ${TILE_POSITIONS}>;
    var<workgroup> upper : array<array<f32, ${tileColumns}>, ${TILE_POSITIONS}>;

    fn main() {
      let thread = i32(localIndex);
      let first = i32(workgroupId.z) * uniforms.chunk;
      let end = min(first + uniforms.chunk, uniforms.positions);
      let outSize = uniforms.dyShape.yz;

      // What this thread fetches in every round: one tap and channel of x, one channel of dy.
      let ownRow = thread % ${TILE_ROWS};
      let matrixRow = i32(workgroupId.y) * ${TILE_ROWS} + ownRow;
      let channel = matrixRow % uniforms.xShape.w;
      let tap = matrixRow / uniforms.xShape.w;
      let offset = vec2<i32>(tap / uniforms.filterWidth, tap % uniforms.filterWidth) * uniforms.dilations;
      let ownColumn = thread % ${tileColumns};
      let matrixColumn = i32(workgroupId.x) * ${tileColumns} + ownColumn;

      ${cells.map(({ sum }) => `var ${sum} = 0.0;`).join(' ')}
      for (var round = 0; round < uniforms.rounds; round++) {
        if (thread < ${TILE_POSITIONS}) {
          let position = first + round * ${TILE_POSITIONS} + thread;
          let line = position / outSize.y;
          let corner = vec2<i32>(line % outSize.x, position % outSize.y) * uniforms.strides - uniforms.before;
          window[thread] = vec4<i32>(line / outSize.x, corner, select(-1, position, position < end));
        }
        workgroupBarrier();
        for (var p = thread / ${TILE_ROWS}; p < ${TILE_POSITIONS}; p += ${THREADS / TILE_ROWS}) {
          let pixel = window[p].yz + offset;
          var value = 0.0;
          if (window[p].w >= 0 && matrixRow < uniforms.outShape.y && coordsInBounds2D(pixel, uniforms.xShape.yz)) {
            value = getX(window[p].x, pixel.x, pixel.y, channel);
          }
          seen[p][ownRow] = value;
        }
        for (var p = thread / ${tileColumns}; p < ${TILE_POSITIONS}; p += ${THREADS / tileColumns}) {
          let position = window[p].w;
          var value = 0.0;
          if (position >= 0 && matrixColumn < uniforms.outShape.z) {
            value = dy[position * uniforms.outShape.z + matrixColumn];
          }
          upper[p][ownColumn] = value;
        }
        workgroupBarrier();
        for (var p = 0; p < ${TILE_POSITIONS}; p++) {
          ${eachOf(rowsPerThread, (i) => `let a${i} = seen[p][i32(localId.y) + ${i * SIDE}];`).join(' ')}
          ${eachOf(columnsPerThread, (j) => `let b${j} = upper[p][i32(localId.x) + ${j * SIDE}];`).join(' ')}
          ${cells.map(({ i, j, sum }) => `${sum} += a${i} * b${j};`).join(' ')}
        }
      }

      let part = i32(workgroupId.z) * uniforms.outShape.y;
      let row = i32(workgroupId.y) * ${TILE_ROWS} + i32(localId.y);
      let column = i32(workgroupId.x) * ${tileColumns} + i32(localId.x);
      ${cells
        .map(
          ({ i, j, sum }) => `
      if (row + ${i * SIDE} < uniforms.outShape.y && column + ${j * SIDE} < uniforms.outShape.z) {
        result[(part + row + ${i * SIDE}) * uniforms.outShape.z + column + ${j * SIDE}] = ${sum};
      }`,
        )
        .join('')}
    }`;
}

/**
 * The filter gradient of a depthwise convolution, a thread for each weight and part of the positions: each output
 * channel sees one input channel, so that no matrix product is in it.
 * x: [batch, h, w, c]  dy: [batch, h', w', c·multiplier]  →  [parts, kh·kw, c·multiplier]
 */
export function depthwiseFilterGradientParts(g: Geometry): Launch {
  const taps = g.rows.kernel * g.columns.kernel;
  const positions = g.batch * g.rows.out * g.columns.out;
  const chunk = chunkOf(positions, Math.ceil((taps * g.outChannels) / THREADS));
  return {
    program: elementProgram({
      outputShape: [Math.ceil(positions / chunk), taps, g.outChannels],
      variableNames: ['x', 'dy'],
      uniforms: CONVOLUTION_UNIFORMS,
      shaderKey: 'depthwiseFilterGradientParts',
      getUserCode: () => `
    fn main(index : i32) {
      if (index >= uniforms.size) { return; }
      let at = getCoordsFromIndex(index);
      let offset = vec2<i32>(at.y / uniforms.filterWidth, at.y % uniforms.filterWidth) * uniforms.dilations;
      let channel = at.z / (uniforms.dyShape.w / uniforms.xShape.w);
      let end = min((at.x + 1) * uniforms.chunk, uniforms.positions);
      var sum = 0.0;
      for (var position = at.x * uniforms.chunk; position < end; position++) {
        let line = position / uniforms.dyShape.z;
        let out = vec2<i32>(line % uniforms.dyShape.y, position % uniforms.dyShape.z);
        let pixel = out * uniforms.strides - uniforms.before + offset;
        if (coordsInBounds2D(pixel, uniforms.xShape.yz)) {
          sum += getX(line / uniforms.dyShape.y, pixel.x, pixel.y, channel) * dy[position * uniforms.dyShape.w + at.z];
        }
      }
      result[index] = sum;
    }`,
    }),
    uniforms: convolutionUniforms(g, positions, chunk),
  };
}

/** Adds up what the parts give: [parts, …] → outputShape, of as many elements as a part. */
export const sumOfParts = (outputShape: number[]): WebgpuProgram =>
  elementProgram({
    outputShape,
    variableNames: ['parts'],
    uniforms: '',
    shaderKey: 'sumOfParts',
    getUserCode: () => `
    fn main(index : i32) {
      if (index >= uniforms.size) { return; }
      var sum = 0.0;
      for (var part = 0; part < uniforms.partsShape.x; part++) { sum += parts[part * uniforms.size + index]; }
      result[index] = sum;
    }`,
  });
