import { sidesOf } from '@/layers/shared/sides';
import type { UnitCompiler } from '../builder';
import type { Lines } from '../lines';
import { resampled } from '../resampling';

/** Each line of an axis by where on the source's it lies, in lines; the middle of the first is 0. */
const linesAt = (out: number, lineOf: (index: number) => Lines[number]): Lines =>
  Array.from({ length: out }, (_, index) => lineOf(index));

const copyOf = (line: number): Lines[number] => [{ line, share: 1 }];

/** What lies between two lines is a blend of both; beyond the outermost is the outermost. */
function blendAt(position: number, size: number): Lines[number] {
  const inside = Math.min(Math.max(position, 0), size - 1);
  const line = Math.floor(inside);
  const share = inside - line;
  return share === 0 ? copyOf(line) : [{ line, share: 1 - share }, { line: line + 1, share }];
}

/** Lines as areas, whose middles are where numbers stand. */
const middleAt = (index: number, size: number, out: number): number => ((index + 0.5) * size) / out - 0.5;

export const upSampling: UnitCompiler = {
  types: ['upSampling1d', 'upSampling2d', 'upSampling3d'],
  compile: (unit, build) => {
    const { factor, interpolation } = unit.layer.params as { factor: readonly number[]; interpolation: string };
    return resampled(unit, build, (shape) =>
      factor.map((times, axis) => {
        const size = shape[axis + 1] ?? 1;
        const out = size * times;
        return linesAt(out, (i) =>
          interpolation === 'nearest' ? copyOf(Math.floor(i / times)) : blendAt(middleAt(i, size, out), size),
        );
      }),
    );
  },
};

export const resize: UnitCompiler = {
  types: ['resize'],
  compile: (unit, build) => {
    const p = unit.layer.params as { size: readonly number[]; interpolation: string; alignCorners: boolean };
    return resampled(unit, build, (shape) =>
      p.size.map((out, axis) => {
        const size = shape[axis + 1] ?? 1;
        return linesAt(out, (i) => {
          if (p.interpolation === 'nearest') return copyOf(Math.floor((i * size) / out));
          if (!p.alignCorners) return blendAt(middleAt(i, size, out), size);
          return blendAt(out > 1 ? (i * (size - 1)) / (out - 1) : 0, size);
        });
      }),
    );
  },
};

/** Zeros are lines of nothing; lines that are cut off go nowhere. */
export const borders: UnitCompiler = {
  types: ['zeroPadding1d', 'zeroPadding2d', 'zeroPadding3d', 'cropping1d', 'cropping2d', 'cropping3d'],
  compile: (unit, build) => {
    const sign = unit.layer.type.startsWith('zeroPadding') ? 1 : -1;
    return resampled(unit, build, (shape) => {
      const sizes = shape.slice(1, -1);
      return sidesOf(sizes.length as 1 | 2 | 3, unit.layer.params).map(([before, after], axis) => {
        const size = sizes[axis] ?? 1;
        return linesAt(size + sign * (before + after), (i) => {
          const line = i - sign * before;
          return line >= 0 && line < size ? copyOf(line) : [];
        });
      });
    });
  },
};

/** The input's own lines beyond its borders: mirrored, the edge again, or the other end. */
export const reflection: UnitCompiler = {
  types: ['reflectionPadding1d', 'reflectionPadding2d', 'reflectionPadding3d'],
  compile: (unit, build) =>
    resampled(unit, build, (shape) => {
      const sizes = shape.slice(1, -1);
      return sidesOf(sizes.length as 1 | 2 | 3, unit.layer.params).map(([before, after], axis) => {
        const size = sizes[axis] ?? 1;
        const seen: Readonly<Record<string, (line: number) => number>> = {
          reflect: (line) => (line < 0 ? -line : line < size ? line : 2 * (size - 1) - line),
          replicate: (line) => Math.min(Math.max(line, 0), size - 1),
          circular: (line) => (line + size) % size,
        };
        const lineOf = seen[String(unit.layer.params.mode)] ?? ((line) => line);
        return linesAt(before + size + after, (i) => copyOf(lineOf(i - before)));
      });
    }),
};
