import type { ActivationName } from '@/layers/shared/activations';
import { activatedInput, mapped, type Mapping } from '../activation';
import { type Builder, type NativeUnit, sizeOf, type UnitCompiler, type Value } from '../builder';
import { columnSums } from '../product';

export const activation: UnitCompiler = {
  types: ['activation'],
  compile: (unit, build) => {
    const [x] = unit.inputs;
    return x ? [activatedInput(unit, build, x, unit.layer.params.activation as ActivationName)] : null;
  },
};

const mappings: Readonly<Record<string, (params: NativeUnit['layer']['params']) => Mapping>> = {
  leakyRelu: ({ slope }) => ({ kind: 'leaky', alpha: Number(slope) }),
  elu: ({ alpha }) => ({ kind: 'elu', alpha: Number(alpha) }),
};

export const mappingLayers: UnitCompiler = {
  types: Object.keys(mappings),
  compile: (unit, build) => {
    const [x] = unit.inputs;
    const mapping = mappings[unit.layer.type]?.(unit.layer.params);
    return x && mapping ? [mapped(unit, build, x, mapping, () => build.inPlace(unit))] : null;
  },
};

/** x above 0, αx below; α of each channel or of all is learned. */
function compilePrelu(unit: NativeUnit, build: Builder): readonly Value[] | null {
  const [x] = unit.inputs;
  const { alpha } = unit.weights;
  if (!x || !alpha) return null;
  const columns = x.shape.at(-1) ?? 1;
  const rows = sizeOf(x.shape) / columns;
  const one = sizeOf(alpha.shape) === 1;
  const y = (build.training ? null : build.inPlace(unit)) ?? build.value(unit, x.shape);
  build.emit('prelu', x.place, y.place, alpha.place, rows, columns, Number(one));
  build.readsBack(x);
  build.onBackward(() => {
    const dy = build.gradientOf(y);
    if (!dy) return;
    const shares = build.passing(rows * columns);
    build.emit('prelu_gradient', x.place, dy, alpha.place, shares, rows, columns, Number(one));
    if (alpha.gradient) {
      const sums = one ? build.passing(columns) : alpha.gradient;
      columnSums(build, shares, rows, columns, sums);
      if (one) build.emit('total', sums, alpha.gradient, columns);
    }
    build.giveGradient(x, dy);
  });
  return [y];
}

export const prelu: UnitCompiler = { types: ['prelu'], compile: compilePrelu };
