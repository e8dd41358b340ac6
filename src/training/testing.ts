import type { Plan } from '@/compiler/plan';
import { ok, type Result } from '@/core/result';
import type { Batch, Divergence, Program, ProgramState, StepReport } from '@/engine/program';
import { defaultRecipe, type Recipe } from '@/recipe/recipe';
import { makeBatches, type Batches } from './batches';
import { createControl, type RunControl } from './control';
import type { Checkpoint, RunInfo, TrainingEvent } from './protocol';
import { train } from './trainer';

/** One layer of one weight, for tests of the loop's order and timing; it computes nothing that is true. */
export const fakePlan: Plan = {
  name: 'fake',
  layers: [
    {
      path: 'conv',
      node: 'conv',
      type: 'dense',
      name: 'conv1',
      params: {},
      sources: [],
      inputs: [[null, 1]],
      outputs: [[null, 1]],
      weights: [{ name: 'kernel', key: 'conv/kernel', shape: [1], initializer: 'zeros', trainable: true }],
      cost: { params: 1, trainable: 1, macs: 1, activationBytes: 4 },
    },
  ],
  inputs: [0],
  outputs: [0],
  totals: { params: 1, trainable: 1, macs: 1, activationBytes: 4 },
};

export interface FakeTime {
  ms: number;
}

/** Loss and update depend on weight, rate, step and every example of the batch, so that a step out of place shows. */
export class FakeProgram implements Program {
  readonly plan = fakePlan;
  readonly log: string[] = [];
  private weight = Math.fround(0.5);
  private taken = 0;
  private unread: StepReport[] = [];
  private marked = { weight: this.weight, taken: 0 };

  constructor(
    private readonly time: FakeTime = { ms: 0 },
    private readonly fault: { readonly step: number; readonly phase: 'forward' | 'update' } | null = null,
    private readonly stepMs = 10,
    readonly backend = 'fake',
  ) {}

  private outcome(batch: Batch, learningRate: number): { loss: number; weight: number } {
    const { counts } = batch;
    const mixed = batch.inputs[0]!.reduce((sum, x, i) => sum + x * (i + 1) * (counts[i % counts.length]! + 0.5), 0);
    const faulty = this.fault?.step === this.taken ? this.fault.phase : null;
    return {
      loss: faulty === 'forward' ? NaN : 1 + Math.sin(this.weight + mixed + this.taken),
      weight: faulty === 'update' ? NaN : Math.fround(this.weight - learningRate * Math.cos(this.weight * 3 + mixed)),
    };
  }

  step(batch: Batch, learningRate: number): void {
    this.log.push(`step ${this.taken}`);
    const { loss, weight } = this.outcome(batch, learningRate);
    const counted = batch.counts.reduce((a, b) => a + b, 0);
    this.unread.push({ loss, correct: Math.floor(counted / 2), counted });
    this.weight = weight;
    this.taken += 1;
    this.time.ms += this.stepMs;
  }
  read(): Promise<readonly StepReport[]> {
    const reports = this.unread;
    this.unread = [];
    return Promise.resolve(reports);
  }
  evaluate(batches: Iterable<Batch>) {
    let counted = 0;
    for (const { counts } of batches) counted += counts.reduce((a, b) => a + b, 0);
    this.log.push(`evaluate ${counted}`);
    this.time.ms += 3;
    return Promise.resolve({ loss: this.weight + counted / 100, accuracy: counted / 100, confusion: [[counted, 1]] });
  }
  weights() {
    return Promise.resolve({ 'conv/kernel': Float32Array.of(this.weight) });
  }
  async state(): Promise<ProgramState> {
    return { step: this.taken, weights: await this.weights(), slots: {} };
  }
  restore(state: Partial<ProgramState>): Result<null, never> {
    this.weight = state.weights?.['conv/kernel']?.[0] ?? this.weight;
    this.taken = state.step ?? this.taken;
    return ok(null);
  }
  mark(): void {
    this.log.push(`mark ${this.taken}`);
    this.marked = { weight: this.weight, taken: this.taken };
  }
  rewind(): void {
    this.log.push(`rewind ${this.marked.taken}`);
    this.weight = this.marked.weight;
    this.taken = this.marked.taken;
    this.unread = [];
  }
  diagnose(batch: Batch, learningRate: number): Promise<Divergence | null> {
    this.log.push(`diagnose ${this.taken}`);
    const { loss, weight } = this.outcome(batch, learningRate);
    if (!Number.isFinite(loss)) return Promise.resolve({ phase: 'forward', path: 'conv' });
    return Promise.resolve(Number.isFinite(weight) ? null : { phase: 'update', path: 'conv' });
  }
  predict(_inputs: readonly Float32Array[], _count: number): Promise<readonly Float32Array[]> {
    return Promise.resolve([]);
  }
  activations() {
    return Promise.resolve({});
  }
  gradients() {
    return Promise.resolve({ loss: 0, gradients: {} });
  }
  memory() {
    return { tensors: 0, bytes: 0 };
  }
  dispose(): void {
    this.log.push('dispose');
  }
}

/** 23 examples to train on (steps of 4, 4, 4, 4, 4 and 3), 2 to validate, 150 to test. */
export function fakeBatches(validation = 0.08): Batches {
  const split = (count: number) => ({
    count,
    inputs: Float32Array.from({ length: count }, (_, i) => i / 7),
    targets: new Uint8Array(count),
  });
  return makeBatches({
    examples: { train: split(25), test: split(150) },
    dataset: { input: [1], task: { kind: 'classes', names: ['a'] }, scale: 1 },
    recipe: { batchSize: 4, validation, shuffle: true, inputs: 'raw' },
    seed: 3,
  });
}

/** For runs that have one backend and ask for it by name. */
export const askedFor: RunInfo['choice'] = { name: 'cpu', how: 'asked', trials: [] };

export interface FakeRun {
  readonly epochs?: number;
  readonly program?: Program;
  /** Those it may go on with, in order. */
  readonly spare?: readonly Program[];
  readonly time?: FakeTime;
  readonly control?: RunControl;
  readonly batches?: Batches;
  readonly recipe?: Recipe;
  readonly resume?: Checkpoint;
  readonly onEvent?: (event: TrainingEvent) => void;
  readonly onYield?: () => void;
}

/** Trains with the fake program; gives all events. */
export async function fakeRun({ epochs = 3, ...given }: FakeRun = {}): Promise<readonly TrainingEvent[]> {
  const time = given.time ?? { ms: 0 };
  const batches = given.batches ?? fakeBatches();
  const events: TrainingEvent[] = [];
  const spare = [...(given.spare ?? [])];
  const info: RunInfo = {
    backend: 'fake',
    choice: askedFor,
    trainCount: batches.trainCount,
    validationCount: batches.validation.count,
    testCount: batches.test.count,
    stepsPerEpoch: batches.stepsPerEpoch,
    totalSteps: epochs * batches.stepsPerEpoch,
    classes: ['a'],
    inputs: { shift: new Float64Array(1), factor: Float64Array.of(1), uniform: 1 },
    notPerformed: [],
  };
  await train({
    program: given.program ?? new FakeProgram(time),
    next: () => Promise.resolve(spare.shift() ?? null),
    batches,
    recipe: given.recipe ?? defaultRecipe,
    learningRateAt: (step) => 0.1 / (1 + step),
    info,
    control: given.control ?? createControl(),
    clock: () => time.ms,
    yieldToHost: () => {
      given.onYield?.();
      return new Promise((resolve) => setImmediate(resolve));
    },
    emit: (event) => {
      events.push(event);
      given.onEvent?.(event);
    },
    ...(given.resume ? { resume: given.resume } : {}),
  });
  return events;
}
