import { withRelu } from '../activation';
import { type Builder, type NativeUnit, sizeOf, type UnitCompiler, type Value } from '../builder';
import { isWhole, merge, mergeGradient, type MergeKind, togetherOf } from '../pairing';

/** What comes out: in the first input's place where that is free and of the whole size. */
const outputOf = (unit: NativeUnit, build: Builder, together: readonly number[]): Value => {
  const [first] = unit.inputs;
  return (first && isWhole(first, together) ? build.inPlace(unit) : null) ?? build.value(unit, together);
};

/** The sum of all inputs, or their mean. */
function compileSum(planned: NativeUnit, build: Builder): readonly Value[] | null {
  const { inputs } = planned;
  if (inputs.length < 2) return null;
  const { unit, relu } = withRelu(planned, build);
  const together = togetherOf(inputs);
  const scale = unit.layer.type === 'average' ? 1 / inputs.length : 1;
  const y = outputOf(unit, build, together);
  merge(build, 'sum', inputs, y.place, { scale, relu });
  if (relu) build.readsBack(y);
  build.onBackward(() => {
    const dy = build.gradientOf(y);
    if (!dy) return;
    if (relu) build.emit('relu_gradient', y.place, dy, sizeOf(together));
    const whole = { shape: together, place: dy };
    if (scale !== 1) mergeGradient(build, 'sum', dy, whole, whole, dy, { scale });
    const needing = inputs.filter(({ slope }) => slope.needed);
    for (const input of needing.filter((each) => !isWhole(each, together))) {
      build.addGradient(input, (to, add) => mergeGradient(build, 'sum', dy, input, whole, to, { add }));
    }
    // Those that have a gradient come first, so that the last takes dy's memory over.
    const [had, first] = [true, false].map((has) =>
      needing.filter((each) => isWhole(each, together) && (build.gradientOf(each) !== null) === has),
    );
    const taking = [...had!, ...first!];
    taking.forEach((input, i) => {
      if (i === taking.length - 1) return build.giveGradient(input, dy);
      build.addGradient(input, (to, add) =>
        add ? build.accumulate(dy, to, sizeOf(together)) : build.copy(dy, to, sizeOf(together)),
      );
    });
  });
  return [y];
}

export const sums: UnitCompiler = { types: ['add', 'average'], compile: compileSum };

const kinds: Readonly<Record<string, MergeKind>> = {
  multiply: 'product', subtract: 'difference', maximum: 'maximum', minimum: 'minimum',
};

/** a ∘ b. Its gradients read both where they are not the signs alone. */
function pair(build: Builder, kind: MergeKind, a: Value, b: Value, y: Value, relu: boolean): Value {
  merge(build, kind, [a, b], y.place, { relu });
  if (relu) build.readsBack(y);
  if (kind !== 'difference') for (const each of [a, b]) build.readsBack(each);
  build.onBackward(() => {
    const dy = build.gradientOf(y);
    if (!dy) return;
    if (relu) build.emit('relu_gradient', y.place, dy, sizeOf(y.shape));
    if (kind === 'difference') {
      const whole = { shape: y.shape, place: dy };
      build.addGradient(b, (to, add) => mergeGradient(build, 'sum', dy, b, whole, to, { scale: -1, add }));
      if (isWhole(a, y.shape)) build.giveGradient(a, dy);
      else build.addGradient(a, (to, add) => mergeGradient(build, 'sum', dy, a, whole, to, { add }));
      return;
    }
    build.addGradient(a, (to, add) => mergeGradient(build, kind, dy, a, b, to, { add }));
    build.addGradient(b, (to, add) => mergeGradient(build, kind, dy, b, a, to, { add }));
  });
  return y;
}

/** Two inputs at a time, as their gradients go. */
function compilePairs(planned: NativeUnit, build: Builder): readonly Value[] | null {
  const kind = kinds[planned.layer.type];
  const [first, ...others] = planned.inputs;
  if (!kind || !first || others.length === 0) return null;
  const { unit, relu } = withRelu(planned, build);
  const readsInputs = build.training && kind !== 'difference';
  let done = first;
  others.forEach((other, i) => {
    const together = togetherOf([done, other]);
    const y = readsInputs || others.length > 1 ? build.value(unit, together) : outputOf(unit, build, together);
    done = pair(build, kind, done, other, y, relu && i === others.length - 1);
  });
  return [done];
}

export const pairs: UnitCompiler = { types: Object.keys(kinds), compile: compilePairs };
