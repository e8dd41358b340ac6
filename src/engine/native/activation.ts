import { type Builder, type NativeUnit, sizeOf, type Value } from './builder';

/** An activation as far as the products before it apply it themselves, and what is left to be done. */
export function fused(activation: unknown): { readonly relu: boolean; readonly rest: string } {
  const name = typeof activation === 'string' ? activation : 'linear';
  return name === 'relu' ? { relu: true, rest: 'linear' } : { relu: false, rest: name };
}

const overRows = (shape: readonly number[]) => ({ rows: sizeOf(shape.slice(0, -1)), columns: shape.at(-1) ?? 1 });

/** What the kernels can do after a product; others go by tfjs. */
export const hasActivation = (activation: unknown): boolean =>
  activation === undefined || (typeof activation === 'string' && ['linear', 'relu', 'softmax'].includes(activation));

/** A value after an activation, which `hasActivation`; `z` is the unit's own, nobody else's. */
export function throughActivation(unit: NativeUnit, build: Builder, z: Value, activation: string): Value {
  if (activation === 'linear') return z;
  const y = build.value(unit, z.shape);
  const { rows, columns } = overRows(z.shape);
  build.emit('softmax', z.place, y.place, rows, columns);
  build.onBackward(() => {
    const dy = build.gradientOf(y);
    if (!dy) return;
    build.emit('softmax_gradient', y.place, dy, rows, columns);
    build.giveGradient(z, dy);
  });
  return { ...y, logits: { of: 'softmax', value: z } };
}
