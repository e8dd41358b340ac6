import { yieldToEvents } from '../reference/tensors';
import type { Batch } from '../program';
import type { Bridge } from './assemble';
import { sizeOf, type Value } from './builder';
import { buildTape, type Parts, readValue } from './frame';

/** A network in inference mode. `keepAll`: for its layers' outputs. */
export function createInference(parts: Parts, bridge: Bridge | null, keepAll: boolean) {
  const { machine, plan, batch: size } = parts;
  const network = buildTape(parts, bridge, { training: false, keepAll }, (build, outputs, frame) => {
    // An output's numbers stay in place until they are read.
    build.tape.endSection();
    frame.emitLosses(build, outputs);
    frame.emitPenalties(build);
    build.tape.endSection();
    build.tape.call({ uses: outputs.map(({ place }) => place), run: () => undefined });
  });
  if ('foreign' in network) throw new Error(`nothing computes ${network.foreign.join(', ')}`);
  const { frame, sections, values, outputs } = network;
  const [forward, losses] = sections;

  /** `size` examples at a time, the last ones filled up; `wanted` of each. */
  async function inParts(inputs: readonly Float32Array[], count: number, wanted: readonly Value[]) {
    const results = wanted.map(({ shape }) => new Float32Array(count * sizeOf(shape.slice(1))));
    for (let from = 0; from < count; from += size) {
      const here = Math.min(size, count - from);
      frame.enter(partOf({ inputs, targets: [], counts: new Float32Array(count) }, from, size), {});
      forward?.run();
      wanted.forEach((value, i) => {
        const width = sizeOf(value.shape.slice(1));
        results[i]?.set(readValue(machine, value).subarray(0, here * width), from * width);
      });
      if (from + here < count) await yieldToEvents();
    }
    return results;
  }

  return {
    /** Sums over the examples that count, and the class of each; any number of examples. */
    evaluate: (batch: Batch) => {
      const count = batch.counts.length;
      const classes = new Float32Array(count);
      let [loss, metric] = [0, 0];
      for (let from = 0; from < count; from += size) {
        frame.enter(partOf(batch, from, size), {});
        forward?.run();
        losses?.run();
        const sums = frame.sums();
        loss += sums.loss;
        metric += sums.metric;
        classes.set(frame.classes().subarray(0, Math.min(size, count - from)), from);
      }
      return { loss, metric, classes };
    },
    /** What the weights add to a loss by their size. */
    penalty: () => frame.sums().penalty,
    predict: (inputs: readonly Float32Array[], count: number) => inParts(inputs, count, outputs),
    activations: async (inputs: readonly Float32Array[], count: number) => {
      const flat = values.flat();
      const read = await inParts(inputs, count, flat);
      let next = 0;
      return Object.fromEntries(
        plan.layers.map(({ path }, i) => [path, (values[i] ?? []).map(() => read[next++] ?? new Float32Array())]),
      );
    },
  };
}

/** `size` examples from `from` on; past the last one zeros, which count for nothing. */
function partOf({ inputs, targets, counts }: Batch, from: number, size: number): Batch {
  const part = (values: Float32Array) => {
    const width = values.length / counts.length;
    const result = new Float32Array(size * width);
    result.set(values.subarray(from * width, (from + size) * width));
    return result;
  };
  return { inputs: inputs.map(part), targets: targets.map(part), counts: part(counts) };
}
