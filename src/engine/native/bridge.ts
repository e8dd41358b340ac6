import type { Tensor } from '@tensorflow/tfjs';
import type { Tf } from '../kernels/tf';
import type { Network } from '../reference/network';
import type { Pass } from '../reference/unit';
import { withBatch, type Bridge } from './assemble';
import { type BoundWeight, type NativeUnit, sizeOf } from './builder';
import type { Place } from './region';

/** What a step sets before it runs. */
export interface Moment {
  readonly seed: number;
  /** Steps taken before. */
  readonly step: number;
}

const viewOf = (memory: Float32Array, { region, offset }: Place, floats: number): Float32Array => {
  const from = region.address / 4 + offset;
  return memory.subarray(from, from + floats);
};

/**
 * Layers that the kernels lack, computed by their own forward pass on tfjs, between two instructions: numbers are
 * copied there and back. The way back runs the layer once more, under a tape: randomness goes by step, so that it draws
 * the same.
 */
export function createBridge(tf: Tf, network: Network, onBackend: () => void, moment: () => Moment): Bridge {
  return {
    compile: (unit, build) => {
      const { layer, inputs } = unit;
      const weights = Object.entries(unit.weights);
      const outputs = layer.outputs.map((_, port) => build.value(unit, withBatch(layer, inputs[0]?.shape[0] ?? 1, port), port));
      const moved = new Map<string, Place>();
      if (build.training) {
        for (const [name, weight] of weights) if (!weight.gradient) moved.set(name, build.moved(weight));
      }
      const given = [...inputs, ...weights.map(([, weight]) => weight)];
      const tensorsOf = (memory: Float32Array) =>
        given.map(({ place, shape }) => tf.tensor(viewOf(memory, place, sizeOf(shape)).slice(), [...shape]));
      const passOf = (memory: Float32Array, tensors: readonly Tensor[], taken: boolean): Pass => ({
        weights: Object.fromEntries(weights.map(([name], i) => [keyOf(unit, name), tensors[inputs.length + i]!])),
        training: build.training,
        ...moment(),
        ...(taken && {
          onMoved: (key: string, value: Tensor) => {
            const name = layer.weights.find((weight) => weight.key === key)?.name ?? '';
            const place = moved.get(name);
            if (place) viewOf(memory, place, value.size).set(value.dataSync());
          },
        }),
      });
      const run = (tensors: readonly Tensor[], pass: Pass) => network.runLayer(layer.path, tensors.slice(0, inputs.length), pass);

      build.tape.call({
        uses: [...given, ...outputs].map(({ place }) => place).concat([...moved.values()]),
        run: (memory) => {
          onBackend();
          // What a pass does not move stays as it is.
          for (const [name, place] of moved) {
            const { place: from, shape } = unit.weights[name]!;
            viewOf(memory, place, sizeOf(shape)).set(viewOf(memory, from, sizeOf(shape)));
          }
          tf.tidy(() => {
            const tensors = tensorsOf(memory);
            run(tensors, passOf(memory, tensors, build.training)).forEach((tensor, i) => {
              const output = outputs[i];
              if (output) viewOf(memory, output.place, tensor.size).set(tensor.dataSync());
            });
          });
        },
      });
      for (const value of [...inputs]) build.readsBack(value);
      build.onBackward(emitBackward);
      return outputs;

      function emitBackward(): void {
        const slopes = outputs.map((output) => build.gradientOf(output));
        if (slopes.every((slope) => slope === null)) return;
        const targets: { readonly index: number; readonly place: Place }[] = [];
        const finish: (() => void)[] = [];
        inputs.forEach((input, index) => {
          if (!input.slope.needed) return;
          const share = build.passing(sizeOf(input.shape));
          targets.push({ index, place: share });
          finish.push(() => build.giveGradient(input, share));
        });
        weights.forEach(([, weight]: readonly [string, BoundWeight], i) => {
          if (weight.gradient) targets.push({ index: inputs.length + i, place: weight.gradient });
        });
        const incoming = slopes.filter((slope) => slope !== null);
        build.tape.call({
          uses: [...given.map(({ place }) => place), ...incoming, ...targets.map(({ place }) => place)],
          run: (memory) => {
            onBackend();
            tf.tidy(() => {
              const tensors = tensorsOf(memory);
              // One number whose gradient is the chain rule's: Σ outputs · their gradients.
              const along = (...varied: Tensor[]) => {
                const all = [...tensors];
                targets.forEach(({ index }, i) => (all[index] = varied[i]!));
                const terms = run(all, passOf(memory, all, false)).flatMap((output, i) => {
                  const slope = slopes[i];
                  if (!slope) return [];
                  const dy = tf.tensor(viewOf(memory, slope, output.size).slice(), output.shape);
                  return [tf.sum(tf.mul(output, dy))];
                });
                return tf.addN(terms).asScalar();
              };
              const gradients = tf.grads(along)(targets.map(({ index }) => tensors[index]!));
              gradients.forEach((gradient, i) => {
                const target = targets[i];
                if (target) viewOf(memory, target.place, gradient.size).set(gradient.dataSync());
              });
            });
          },
        });
        for (const give of finish) give();
      }
    },
  };
}

const keyOf = ({ layer }: NativeUnit, name: string): string =>
  layer.weights.find((weight) => weight.name === name)?.key ?? '';
