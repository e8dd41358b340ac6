import type { Batch } from '../program';
import type { Bridge } from './assemble';
import type { Builder, Value } from './builder';
import { buildTape, type Network, type Parts } from './frame';
import { corrections } from './optimiser';
import { at } from './region';

/** What a step depends on beside batch and weights. */
export interface StepControl {
  readonly learningRate: number;
  readonly seed: number;
  /** Steps taken before. */
  readonly step: number;
}

interface StepSums {
  /** Mean over the examples that count, with what the weights add. */
  readonly loss: number;
  /** Sum over the examples that count. */
  readonly metric: number;
}

/** A network with its way back and the optimizer's step. */
export interface Training {
  readonly network: Network;
  readonly outputs: readonly Value[];
  step(batch: Batch, control: StepControl): StepSums;
  /** Leaves gradients in the store, and the weights alone. */
  gradients(batch: Batch, control: StepControl): StepSums;
  forward(batch: Batch, control: StepControl): StepSums;
  backward(): void;
  /** The optimizer's step, and what the pass itself moves. */
  update(): void;
}

export function createTraining(
  parts: Parts,
  bridge: Bridge | null,
  keepAll: boolean,
): Training | { readonly foreign: readonly string[] } {
  const network = buildTape(parts, bridge, { training: true, keepAll }, (build, outputs, frame) => {
    frame.emitLosses(build, outputs);
    build.tape.endSection();
    // A weight that no loss depends on has a gradient of 0.
    build.emit('fill', parts.store.gradientsAt, parts.store.trained, { float: 0 });
    build.emitBackward();
    frame.emitPenalties(build);
    build.tape.endSection();
    emitUpdate(parts, build, frame.control);
    build.emitMoved();
  });
  if ('foreign' in network) return network;
  const { frame, sections, outputs } = network;
  const [forward, backward, update] = sections;
  const enter = (batch: Batch, { learningRate, seed, step }: StepControl): (() => StepSums) => {
    // Fewer would leave places empty, which the statistics of batch norm would take for examples.
    if (batch.counts.length !== parts.batch) {
      throw new Error(`This program learns from ${parts.batch} examples at once; a batch of ${batch.counts.length} was given.`);
    }
    const { rate, root } = corrections(parts.optimiser, learningRate, step + 1);
    const counted = frame.enter(batch, {
      learningRate, correctedRate: rate, correctedRoot: root, seed, stepLow: step >>> 0, stepHigh: Math.floor(step / 2 ** 32),
    });
    return () => {
      const { loss, metric, penalty } = frame.sums();
      return { loss: loss / Math.max(1, counted) + penalty, metric };
    };
  };
  const through = (batch: Batch, control: StepControl, which: readonly (typeof forward)[]): StepSums => {
    const sums = enter(batch, control);
    for (const section of which) section?.run();
    return sums();
  };
  return {
    network,
    outputs,
    step: (batch, control) => through(batch, control, [forward, backward, update]),
    gradients: (batch, control) => through(batch, control, [forward, backward]),
    forward: (batch, control) => through(batch, control, [forward]),
    backward: () => backward?.run(),
    update: () => update?.run(),
  };
}

/** Clips before it decays, as PyTorch does. */
function emitUpdate({ store, optimiser }: Parts, build: Builder, control: ReturnType<typeof at>): void {
  const { trained, decaying } = store;
  if (trained === 0) return;
  if (optimiser.clipNorm !== null) {
    const count = Math.ceil(trained / 16_384);
    const sums = build.passing(count);
    build.emit('squares', store.gradientsAt, sums, trained);
    build.emit('clip_scale', sums, control, count, { float: optimiser.clipNorm });
  }
  const stretch = (from: number, count: number, decay: number) => {
    if (count === 0) return;
    const { weightsAt, gradientsAt } = store;
    const [first, second] = [store.slotAt(0), store.slotAt(1)];
    const { kind, keep, keepSquare, epsilon } = optimiser;
    build.emit(
      'optimise', at(weightsAt.region, from), at(gradientsAt.region, from), first ? at(first.region, from) : 0,
      second ? at(second.region, from) : 0, control, count, kind, { float: decay }, { float: keep }, { float: keepSquare },
      { float: 1 - keep }, { float: 1 - keepSquare }, { float: epsilon },
    );
  };
  stretch(0, decaying, optimiser.weightDecay);
  stretch(decaying, trained - decaying, 0);
}
