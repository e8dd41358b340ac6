import { parts } from '@/layers/shared/adaptivePools';
import type { AxisWindow } from '@/layers/shared/windows';
import { type Builder, sizeOf } from './builder';
import { type Place } from './region';
import type { Word } from './tape';

/** A line of the source and the share that it has. */
interface Share {
  readonly line: number;
  readonly share: number;
}

/** What each line of the target of one axis is made of. */
export type Lines = readonly (readonly Share[])[];

const upTo = (count: number): readonly number[] => Array.from({ length: count }, (_, i) => i);

export const whole: Lines = [[{ line: 0, share: 1 }]];

/** The lines inside that each window sees; its taps in their order, a share of 1 each. */
export const windowLines = (axis: AxisWindow): Lines =>
  upTo(axis.out).map((window) =>
    upTo(axis.kernel)
      .map((tap) => window * axis.stride - axis.before + tap * axis.dilation)
      .filter((line) => line >= 0 && line < axis.size)
      .map((line) => ({ line, share: 1 })),
  );

/** An axis in so many parts, as adaptive pools have it; the share of a line is that in its part's mean. */
export const partLines = (size: number, out: number): Lines =>
  parts(size, out).map(({ start, end }) =>
    Array.from({ length: end - start }, (_, i) => ({ line: start + i, share: 1 / (end - start) })),
  );

/** For each of so many lines of the source the lines of the target that it goes into. */
export function turned(lines: Lines, size: number): Lines {
  const found = upTo(size).map((): Share[] => []);
  lines.forEach((shares, target) => {
    for (const { line, share } of shares) found[line]?.push({ line: target, share });
  });
  return found;
}

const bits = new DataView(new ArrayBuffer(4));
function floatBits(value: number): number {
  bits.setFloat32(0, value);
  return bits.getInt32(0);
}

/** As `Lines` in kernels/lines.h, and their number. */
export function lineWords(lines: Lines): readonly Word[] {
  const starts = [0];
  let count = 0;
  for (const shares of lines) starts.push((count += shares.length));
  const all = lines.flat();
  return [
    { ints: starts },
    { ints: all.map(({ line }) => line) },
    { ints: all.map(({ share }) => floatBits(share)) },
    lines.length,
  ];
}

/** Floats in a chunk of a pass over memory. */
const STRETCH = 16_384;

/** Images as kernels see them. */
export interface Plane {
  readonly images: number;
  readonly height: number;
  readonly width: number;
  readonly channels: number;
}

/** A plane with the lines of its source that its rows and its columns are made of. */
interface PlaneLines {
  readonly plane: Plane;
  readonly lines: readonly [Lines, Lines];
}

/** Rows of a target that are done in one chunk. */
export const rowsTogether = (columns: number, channels: number): number =>
  Math.max(1, Math.floor(STRETCH / (columns * channels)));

function resamplePlane(build: Builder, { plane, lines }: PlaneLines, from: Place, to: Place, add: boolean): void {
  const { images, height, width, channels } = plane;
  const [rows, columns] = lines;
  build.emit(
    'resample', from, to, images, height, width, channels, ...lineWords(rows), ...lineWords(columns), Number(add),
    rowsTogether(columns.length, channels),
  );
}

/**
 * One to three spatial axes as planes that kernels see, each with what is done to its rows and columns: of a volume
 * first its slices, then its depth with each slice as one line. Shape: [batch, …, channels].
 */
export function planesOf(shape: readonly number[], lines: readonly Lines[]): readonly PlaneLines[] {
  const [images = 1] = shape;
  const channels = shape.at(-1) ?? 1;
  const [first, second, third] = shape.slice(1, -1);
  const [a = whole, b = whole, c = whole] = lines;
  if (second === undefined) return [{ plane: { images, height: 1, width: first ?? 1, channels }, lines: [whole, a] }];
  if (third === undefined) return [{ plane: { images, height: first ?? 1, width: second, channels }, lines: [a, b] }];
  const depth = first ?? 1;
  const slice = b.length * c.length * channels;
  return [
    { plane: { images: images * depth, height: second, width: third, channels }, lines: [b, c] },
    { plane: { images, height: depth, width: 1, channels: slice }, lines: [a, whole] },
  ];
}

/** Numbers that come out. */
export const floatsAfter = ({ images, channels }: Plane, [rows, columns]: PlaneLines['lines']): number =>
  sizeOf([images, rows.length, columns.length, channels]);

/** to = shares of the lines of `from`, a list of them for each spatial axis of its shape. */
export function resample(
  build: Builder,
  shape: readonly number[],
  lines: readonly Lines[],
  from: Place,
  to: Place,
  add = false,
): void {
  const planes = planesOf(shape, lines);
  let source = from;
  planes.forEach((each, i) => {
    const last = i === planes.length - 1;
    const target = last ? to : build.passing(floatsAfter(each.plane, each.lines));
    resamplePlane(build, each, source, target, add && last);
    source = target;
  });
}
