import { problem, type Problem } from '@/core/problem';
import { err, ok, type Result } from '@/core/result';
import { baseName, findByName } from '../reading/bundle';
import { isObject, type JsonObject } from '../reading/json';
import { limits, sizeText } from '../reading/limits';
import type { NamedFile } from '../reading/namedFile';

/** Weights as a file names them, in its order. */
export type StoredWeights = ReadonlyMap<string, { readonly shape: readonly number[]; readonly values: Float32Array }>;

const bytesPer: Readonly<Record<string, number>> = { float32: 4, int32: 4, bool: 1, uint8: 1, uint16: 2, float16: 2 };

interface Stored {
  readonly name: string;
  readonly shape: readonly number[];
  /** How it lies in the file. */
  readonly kind: string;
  readonly scale: number;
  readonly min: number;
  readonly count: number;
}

const refuse = (code: string, message: string) => err(problem(`tfjs.${code}`, message));

/** IEEE 754 half precision. */
function halfToFloat(half: number): number {
  const sign = half & 0x8000 ? -1 : 1;
  const exponent = (half >> 10) & 31;
  const fraction = half & 1023;
  if (exponent === 0) return (sign * fraction) / 2 ** 24;
  if (exponent === 31) return fraction ? NaN : sign * Infinity;
  return sign * 2 ** (exponent - 15) * (1 + fraction / 1024);
}

function decode(view: DataView, from: number, { kind, count, scale, min }: Stored): Float32Array {
  const values = new Float32Array(count);
  for (let i = 0, at = from; i < count; i += 1, at += bytesPer[kind]!) {
    switch (kind) {
      case 'float32':
        values[i] = view.getFloat32(at, true);
        break;
      case 'int32':
        values[i] = view.getInt32(at, true);
        break;
      case 'float16':
        values[i] = halfToFloat(view.getUint16(at, true));
        break;
      case 'uint16':
        values[i] = view.getUint16(at, true) * scale + min;
        break;
      default:
        values[i] = view.getUint8(at) * scale + min;
    }
  }
  return values;
}

function readEntry(raw: unknown, name: string): Result<Stored, Problem> {
  if (!isObject(raw) || typeof raw.name !== 'string' || !Array.isArray(raw.shape)) {
    return refuse('manifest', `${name} lists a weight without name or shape.`);
  }
  const label = raw.name.slice(0, 80);
  const shape: unknown[] = raw.shape;
  if (shape.length > 8 || !shape.every((size): size is number => Number.isInteger(size) && Number(size) >= 0)) {
    return refuse(
      'manifest',
      `${name} gives the weight ${label} the shape ${JSON.stringify(shape).slice(0, 60)}, which is none.`,
    );
  }
  const { quantization } = raw;
  const packed = isObject(quantization) ? quantization : {};
  const kind = packed.dtype ?? raw.dtype;
  if (typeof kind !== 'string' || !Object.hasOwn(bytesPer, kind)) {
    const read = Object.keys(bytesPer).join(', ');
    return refuse(
      'dtype',
      `${name} stores the weight ${label} as ${JSON.stringify(kind) ?? 'nothing'}; ${read} are read.`,
    );
  }
  const number = (value: unknown, fallback: number) => (typeof value === 'number' ? value : fallback);
  const count = shape.reduce((product, size) => product * size, 1);
  return ok({ name: raw.name, shape, kind, count, scale: number(packed.scale, 1), min: number(packed.min, 0) });
}

function readGroup(group: JsonObject, name: string): Result<readonly Stored[], Problem> {
  if (!Array.isArray(group.weights)) return refuse('manifest', `${name} has a group of weights that lists none.`);
  if (group.weights.length > limits.layers)
    return refuse('manifest', `${name} lists ${group.weights.length} weights; that is too many.`);
  const entries: Stored[] = [];
  for (const raw of group.weights as unknown[]) {
    const entry = readEntry(raw, name);
    if (!entry.ok) return entry;
    entries.push(entry.value);
  }
  return ok(entries);
}

/** The bytes of a group: its files one after the other. */
function joined(
  paths: readonly string[],
  files: ReadonlyMap<string, Uint8Array>,
  name: string,
): Result<Uint8Array, Problem> {
  const parts: Uint8Array[] = [];
  const missing: string[] = [];
  for (const path of paths) {
    const found = files.has(path) ? path : findByName(files.keys(), baseName(path));
    if (found === undefined) missing.push(baseName(path));
    else parts.push(files.get(found)!);
  }
  if (missing.length > 0) {
    const list = missing.slice(0, 3).join(', ') + (missing.length > 3 ? ` and ${missing.length - 3} more` : '');
    return refuse('shard', `${name} keeps its weights in ${list}, which is not here: drop all its files together.`);
  }
  // A manifest that names a file again and again would make memory out of nothing.
  const total = parts.reduce((sum, part) => sum + part.length, 0);
  if (total > limits.bytes)
    return refuse(
      'shard',
      `${name} asks for ${sizeText(total)} of weights; at most ${sizeText(limits.bytes)} are read.`,
    );
  const bytes = new Uint8Array(total);
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return ok(bytes);
}

/**
 * Reads the weights that a `weightsManifest` lists out of the files beside it; quantised ones come back as floats.
 * Problems: `tfjs.manifest`, `tfjs.dtype`, `tfjs.shard`, `tfjs.length`.
 */
export function readManifest(
  manifest: unknown,
  files: readonly NamedFile[],
  name: string,
): Result<StoredWeights, Problem> {
  if (!Array.isArray(manifest)) return refuse('manifest', `${name} has a list of weights that is none.`);
  const byName = new Map(files.map((file) => [file.name, file.bytes]));
  const weights = new Map<string, { shape: readonly number[]; values: Float32Array }>();
  let budget: number = limits.bytes;
  for (const group of manifest as unknown[]) {
    const paths: unknown = isObject(group) ? group.paths : undefined;
    if (!isObject(group) || !Array.isArray(paths) || !paths.every((path): path is string => typeof path === 'string')) {
      return refuse('manifest', `${name} has a group of weights that names no files.`);
    }
    if (paths.length > limits.files)
      return refuse('manifest', `${name} spreads its weights over ${paths.length} files; that is too many.`);
    const entries = readGroup(group, name);
    if (!entries.ok) return entries;
    const expected = entries.value.reduce((sum, entry) => sum + entry.count * bytesPer[entry.kind]!, 0);
    budget -= 4 * entries.value.reduce((sum, entry) => sum + entry.count, 0);
    if (!(budget >= 0))
      return refuse('length', `${name} lists more weights than are read (${sizeText(limits.bytes)}).`);
    const bytes = joined(paths, byName, name);
    if (!bytes.ok) return bytes;
    if (bytes.value.length !== expected) {
      const where = paths.length === 1 ? baseName(paths[0]!) : `The ${paths.length} weight files`;
      const [wanted, got] = [expected.toLocaleString('en'), bytes.value.length.toLocaleString('en')];
      const message =
        `${where} ${paths.length === 1 ? 'has' : 'have'} ${got} bytes; the weights that ${name} ` +
        `lists take ${wanted}. A file is damaged or from another model.`;
      return err(problem('tfjs.length', message, { expected: `${wanted} bytes`, got: `${got} bytes` }));
    }
    const view = new DataView(bytes.value.buffer);
    let at = 0;
    for (const entry of entries.value) {
      weights.set(entry.name, { shape: entry.shape, values: decode(view, at, entry) });
      at += entry.count * bytesPer[entry.kind]!;
    }
  }
  return ok(weights);
}
