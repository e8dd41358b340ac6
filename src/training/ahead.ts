import type { Split } from '@/datasets/define';
import { type BatchOptions, type Batches, makeBatches } from './batches';

/** Batches that lie ready at most. */
const SLOTS = 4;
/** A slot that holds no batch, or one half written. */
const EMPTY = -1;

/** Places in `signals`: the step wanted next, and whether all is over; then the step that each slot holds. */
const WANTED = 0;
const OVER = 1;
const FIRST_SLOT = 2;

/** What both sides share: memory that is written by one and read by the other. */
export interface AheadJob {
  readonly options: BatchOptions;
  readonly signals: Int32Array<SharedArrayBuffer>;
  /** A batch each: inputs, targets, counts. */
  readonly slots: readonly Float32Array<SharedArrayBuffer>[];
}

/** Sizes of the three arrays of a batch; all inputs are the same examples, and all targets too. */
interface Sizes {
  readonly inputs: number;
  readonly targets: number;
  readonly counts: number;
}

function sizesOf(batches: Batches): Sizes {
  const { inputs, targets, counts } = batches.batchAt(0);
  return { inputs: inputs[0]?.length ?? 0, targets: targets[0]?.length ?? 0, counts: counts.length };
}

/**
 * The side that prepares: fills the slots with the batches from the wanted step on, and sleeps while none is free.
 * Blocks its thread until all is over, so that it needs one of its own.
 */
export function prepareAhead({ options, signals, slots }: AheadJob): void {
  const batches = makeBatches(options);
  const { inputs, targets } = sizesOf(batches);
  for (;;) {
    const wanted = Atomics.load(signals, WANTED);
    for (let step = wanted; step < wanted + SLOTS; step += 1) {
      const slot = step % SLOTS;
      if (Atomics.load(signals, FIRST_SLOT + slot) === step) continue;
      if (Atomics.load(signals, OVER)) return;
      const batch = batches.batchAt(step);
      Atomics.store(signals, FIRST_SLOT + slot, EMPTY);
      const memory = slots[slot];
      memory?.set(batch.inputs[0] ?? []);
      memory?.set(batch.targets[0] ?? [], inputs);
      memory?.set(batch.counts, inputs + targets);
      Atomics.store(signals, FIRST_SLOT + slot, step);
    }
    if (Atomics.load(signals, OVER)) return;
    Atomics.wait(signals, WANTED, wanted);
  }
}

export interface Ahead {
  readonly batches: Batches;
  end(): void;
}

const shared = (floats: number) => new Float32Array(new SharedArrayBuffer(4 * floats));

function sharedSplit(split: Split): Split {
  const copy = <T extends Split['inputs']>(values: T): T => {
    const memory = new SharedArrayBuffer(values.byteLength);
    const made = values instanceof Uint8Array ? new Uint8Array(memory) : new Float32Array(memory);
    made.set(values);
    return made as unknown as T;
  };
  return { count: split.count, inputs: copy(split.inputs), targets: copy(split.targets) };
}

/**
 * The same batches, those of training prepared ahead by another thread. One that is not ready is made here and now, so
 * that nothing ever waits, and a run that goes back to an earlier step gets what it asks for.
 * @param begin starts a thread with `prepareAhead` and gives what ends it.
 */
export function aheadOf(options: BatchOptions, batches: Batches, begin: (job: AheadJob) => () => void): Ahead {
  const sizes = sizesOf(batches);
  const signals = new Int32Array(new SharedArrayBuffer(4 * (FIRST_SLOT + SLOTS)));
  signals.fill(EMPTY, FIRST_SLOT);
  const slots = Array.from({ length: SLOTS }, () => shared(sizes.inputs + sizes.targets + sizes.counts));
  // Only the training split is needed there; shared, so that no thread has a copy of its own.
  const train = sharedSplit(options.examples.train);
  const none: Split = { count: 0, inputs: new Uint8Array(), targets: new Uint8Array() };
  // Only data crosses to a thread; a definition brings functions.
  const { input, task, scale } = options.dataset;
  const plain: BatchOptions = { ...options, examples: { train, test: none }, dataset: { input, task, scale } };
  const stop = begin({ options: plain, signals, slots });
  const { inputs: inputPorts, outputs: outputPorts } = options.ports ?? { inputs: 1, outputs: 1 };

  const want = (step: number) => {
    Atomics.store(signals, WANTED, step);
    Atomics.notify(signals, WANTED);
  };
  return {
    batches: {
      ...batches,
      batchAt: (step) => {
        const slot = step % SLOTS;
        const memory = slots[slot];
        if (!memory || Atomics.load(signals, FIRST_SLOT + slot) !== step) {
          want(step + 1);
          return batches.batchAt(step);
        }
        // Copies: the slot is filled again, and a backend may keep the arrays of steps that it has queued.
        const inputs = memory.slice(0, sizes.inputs);
        const targets = memory.slice(sizes.inputs, sizes.inputs + sizes.targets);
        const counts = memory.slice(sizes.inputs + sizes.targets);
        want(step + 1);
        return {
          inputs: new Array<Float32Array>(inputPorts).fill(inputs),
          targets: new Array<Float32Array>(outputPorts).fill(targets),
          counts,
        };
      },
    },
    end: () => {
      Atomics.store(signals, OVER, 1);
      Atomics.notify(signals, WANTED);
      stop();
    },
  };
}

