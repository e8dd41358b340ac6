/**
 * A parameter of a PyTorch module: one of our weights, transformed; several, one after the other along an axis; or one
 * number throughout. The parity suite carries this out in Python.
 */
export type TorchWeight =
  { readonly fill: number } | TorchTransform | { readonly concat: readonly TorchTransform[]; readonly axis: number };

/** In this order: a slice taken, blocks of an axis reordered, axes permuted, reshaped. */
interface TorchTransform {
  readonly from: string;
  /** One slice of an axis, which goes away: one of the two biases of a GRU. */
  readonly take?: { readonly axis: number; readonly index: number };
  /** The axis falls into as many equal blocks; `order[i]` says which of ours comes i-th: the gates of a recurrent layer. */
  readonly blocks?: { readonly axis: number; readonly order: readonly number[] };
  readonly permute?: readonly number[];
  readonly reshape?: readonly number[];
}

/** A layer in PyTorch, as somebody would write it. */
export interface TorchCode {
  /** What `__init__` makes: `nn.Conv2d(1, 6, 5, padding=2)`; `null` where a function does it alone. */
  readonly module: string | null;
  /** What `forward` does with the module `m` and the inputs `x`, or `x0`, `x1`, … where there are several. */
  readonly call: string;
  /** Whether its tensors have channels first, as PyTorch's images do, or last, as here. */
  readonly layout: 'first' | 'last';
  /** The module's parameters and buffers by name: `weight`, `1.bias`. One not named keeps what PyTorch begins it with. */
  readonly weights: Readonly<Record<string, TorchWeight>>;
}

/** A layer in Keras 3: an expression over `x`, or `x0`, `x1`, …: `layers.Conv2D(6, 5, padding="same")(x)`. */
export interface KerasCode {
  readonly call: string;
}

/** The other framework has nothing that computes the same; why, as a sentence. */
export interface NoEquivalent {
  readonly none: string;
}

/** Python source that stands in a call as it is, where a name or an expression goes and not a string. */
export interface PythonSource {
  readonly source: string;
}
const isSource = (value: unknown): value is PythonSource =>
  typeof value === 'object' && value !== null && 'source' in value && typeof value.source === 'string';

/** A value as Python writes it: `True`, `None`, `(2, 1)`, `"same"`. Lists are tuples, as sizes are there. */
export function python(value: unknown): string {
  if (isSource(value)) return value.source;
  if (value === true) return 'True';
  if (value === false) return 'False';
  if (value === null || value === undefined) return 'None';
  if (Array.isArray(value)) return `(${value.map(python).join(', ')}${value.length === 1 ? ',' : ''})`;
  if (typeof value === 'number') return value !== 0 && Math.abs(value) < 1e-3 ? value.toExponential() : `${value}`;
  return JSON.stringify(value);
}

/** One number where all axes agree, as people write it: `[3, 3]` is `3`. */
export const sizeArgument = (sizes: readonly number[]): number | readonly number[] =>
  sizes.every((size) => size === sizes[0]) ? (sizes[0] ?? 1) : sizes;

/**
 * A call: positional arguments, then those by name whose value differs from the framework's default.
 * `call('nn.Conv2d', [1, 6, 5], { stride: [1, 1], padding: [2, 0] })` with numbers and defaults given by the caller.
 */
export function pythonCall(
  name: string,
  positional: readonly unknown[],
  named: Readonly<Record<string, unknown>> = {},
): string {
  const words = Object.entries(named)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => `${key}=${python(value)}`);
  return `${name}(${[...positional.map(python), ...words].join(', ')})`;
}
