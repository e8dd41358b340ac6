import type { Evaluation, Program } from '@/engine/program';
import type { Recipe } from '@/recipe/recipe';
import type { Batches, EvaluationSet } from './batches';
import type { RunControl, Wish } from './control';
import { brokenWeight, divergenceProblem, layerOfWeight } from './divergence';
import { joinEvaluations } from './evaluations';
import { failure } from './failure';
import { epochMeans } from './history';
import { createPace } from './pace';
import type { Checkpoint, EpochReport, RunHistory, RunInfo, TrainingEvent } from './protocol';
import { locateDivergence, type Failing } from './replay';

/** Milliseconds of work after which waiting messages, such as pause, are let in. */
const YIELD_EVERY = 25;
/** Milliseconds between two `steps` events. */
const TELL_EVERY = 200;
/** Milliseconds of work that a closed window may lose. */
const KEEP_EVERY = 3000;
/** Keeping may take one part in so many of the time. */
const KEEP_SHARE = 40;
/** Looking whether all weights are finite may take one part in so many of the time. */
const LOOK_SHARE = 20;

export interface TrainerOptions {
  readonly program: Program;
  readonly batches: Batches;
  readonly recipe: Recipe;
  /** Of a step counted from 0. */
  readonly learningRateAt: (step: number) => number;
  readonly info: RunInfo;
  readonly control: RunControl;
  /** Milliseconds. */
  readonly clock: () => number;
  /** Lets the host deliver messages: a macrotask, not a microtask, and never an animation frame. */
  readonly yieldToHost: () => Promise<void>;
  readonly emit: (event: TrainingEvent) => void;
  readonly resume?: Checkpoint;
}

/** Trains to the end, a stop or a divergence; everything it has to say it emits. Never throws. */
export async function train(options: TrainerOptions): Promise<void> {
  try {
    await new Trainer(options).run();
  } catch (error) {
    options.emit({ kind: 'failed', problem: failure(error, options.program.backend) });
  }
}

class Trainer {
  private readonly pace = createPace();
  /** Of the steps whose losses were read. */
  private readonly losses: number[];
  private readonly accuracies: (number | null)[];
  private readonly epochs: EpochReport[];
  /** Steps handed to the program. */
  private step: number;
  /** Step of the program's mark: weights known to be finite. */
  private marked: number;
  /** Steps that events have told of. */
  private told: number;

  /** A divergence was told: nothing may follow it. */
  private ended = false;
  private pausedMs = 0;
  private yieldedAt: number;
  private toldAt = -Infinity;
  private blockAt: number;
  private epochAt: number;
  private lookedAt = -Infinity;
  private lookMs = 0;
  private keptAt: number;
  private keepMs = 0;
  /** Of one example in inference, measured; `null` before the first evaluation. */
  private evaluationMs: number | null = null;

  constructor(private readonly options: TrainerOptions) {
    const { resume } = options;
    this.losses = [...(resume?.history.losses ?? [])];
    this.accuracies = [...(resume?.history.accuracies ?? [])];
    this.epochs = [...(resume?.history.epochs ?? [])];
    this.step = this.losses.length;
    this.marked = this.step;
    this.told = this.step;
    this.yieldedAt = options.clock();
    this.blockAt = this.now();
    this.epochAt = this.now();
    this.keptAt = this.now();
  }

  async run(): Promise<void> {
    const { program, batches, info, emit, resume } = this.options;
    const restored = resume ? program.restore(resume.state) : null;
    if (restored?.ok === false) return emit({ kind: 'failed', problem: restored.error });
    program.mark();
    emit({ kind: 'started', info, step: this.step });
    for (;;) {
      const wish = await this.attend();
      if (wish === 'diverged') return;
      const epochDue = this.epochs.length < Math.floor(this.step / batches.stepsPerEpoch);
      if (this.step >= info.totalSteps && !epochDue) return this.finish('completed');
      if (wish !== 'go') return this.finish('stopped');
      if (epochDue) {
        if (!(await this.endEpoch())) return;
        continue;
      }
      if (this.step === this.losses.length) this.blockAt = this.now();
      program.step(batches.batchAt(this.step), this.options.learningRateAt(this.step));
      this.step += 1;
      const pending = this.step - this.losses.length;
      const boundary = this.step % batches.stepsPerEpoch === 0;
      if ((boundary || this.pace.due(this.now() - this.blockAt, pending)) && !(await this.read())) return;
      if (!boundary && this.now() - this.keptAt >= Math.max(KEEP_EVERY, KEEP_SHARE * this.keepMs) && !(await this.keep())) return;
    }
  }

  /** Milliseconds spent working: pauses are left out. */
  private now(): number {
    return this.options.clock() - this.pausedMs;
  }

  /** At a boundary between steps: lets messages in and holds the run while it is paused. */
  private async attend(): Promise<'go' | 'stop' | 'abort' | 'diverged'> {
    const { control, clock, yieldToHost, emit } = this.options;
    if (clock() - this.yieldedAt >= YIELD_EVERY) {
      await yieldToHost();
      this.yieldedAt = clock();
    }
    for (;;) {
      const wish = control.wish;
      if (wish !== 'pause') return wish;
      const checkpoint = await this.settle();
      if (!checkpoint) return 'diverged';
      emit({ kind: 'paused', checkpoint });
      const since = clock();
      await control.released();
      this.pausedMs += clock() - since;
      if (this.wishes('go')) emit({ kind: 'resumed' });
    }
  }

  private wishes(wish: Wish): boolean {
    return this.options.control.wish === wish;
  }

  /** Takes in the losses of all steps handed over. False: one was not finite, and the run has ended. */
  private async read(): Promise<boolean> {
    const { program } = this.options;
    const first = this.losses.length;
    const reports = await program.read();
    if (first + reports.length !== this.step) {
      throw new Error(`${this.step - first} steps were taken, and ${reports.length} losses came back`);
    }
    for (const { loss, correct, counted } of reports) {
      if (!Number.isFinite(loss)) return this.diverge(this.losses.length, true);
      this.losses.push(loss);
      this.accuracies.push(correct === null ? null : correct / counted);
    }
    if (reports.length > 0) this.pace.add(this.now() - this.blockAt, reports.length);
    if (this.now() - this.lookedAt >= LOOK_SHARE * this.lookMs) {
      const since = this.now();
      const healthy = await this.look(await program.weights());
      this.lookedAt = this.now();
      this.lookMs = this.lookedAt - since;
      if (!healthy) return false;
    }
    if (this.now() - this.toldAt >= TELL_EVERY) this.tell();
    return true;
  }

  /** Marks weights that are finite. A loss says so only of the weights before its step's update. */
  private async look(weights: Readonly<Record<string, Float32Array>>): Promise<boolean> {
    const { program } = this.options;
    const broken = brokenWeight(weights);
    if (broken !== null) return this.diverge(this.step, false, layerOfWeight(program.plan, broken));
    program.mark();
    this.marked = this.step;
    return true;
  }

  /** A checkpoint of now, with all that was read told; `null`: the run has diverged and ended. */
  private async settle(): Promise<Checkpoint | null> {
    if (this.step > this.losses.length && !(await this.read())) return null;
    const state = await this.options.program.state();
    if (!(await this.look(state.weights))) return null;
    this.tell();
    return { state, history: this.history() };
  }

  /** Hands out a checkpoint within an epoch. False: the run has diverged and ended. */
  private async keep(): Promise<boolean> {
    const since = this.now();
    const checkpoint = await this.settle();
    if (!checkpoint) return false;
    this.options.emit({ kind: 'checkpoint', checkpoint });
    this.keptAt = this.now();
    this.keepMs = this.keptAt - since;
    return true;
  }

  private history(): RunHistory {
    return { losses: [...this.losses], accuracies: [...this.accuracies], epochs: [...this.epochs] };
  }

  private tell(): void {
    const { learningRateAt, emit } = this.options;
    if (this.told >= this.losses.length) return;
    emit({
      kind: 'steps',
      step: this.losses.length,
      losses: this.losses.slice(this.told),
      accuracies: this.accuracies.slice(this.told),
      learningRate: learningRateAt(this.losses.length - 1),
      msPerStep: this.pace.msPerStep,
      msLeft: this.msLeft(),
    });
    this.told = this.losses.length;
    this.toldAt = this.now();
  }

  private msLeft(): number {
    const { batches, info } = this.options;
    const epochsLeft = Math.max(0, Math.ceil(info.totalSteps / batches.stepsPerEpoch) - this.epochs.length);
    const examples = epochsLeft * batches.validation.count + batches.test.count;
    // A step is about three forward passes, until an evaluation was measured.
    const each = this.evaluationMs ?? this.pace.msPerStep / batches.batchSize / 3;
    return (info.totalSteps - this.losses.length) * this.pace.msPerStep + examples * each;
  }

  /** Validates and reports. False: the run has ended here. True also when a stop cut it short, which the loop sees. */
  private async endEpoch(): Promise<boolean> {
    const { batches, emit } = this.options;
    const settled = await this.settle();
    if (!settled) return false;
    const validation = await this.evaluate(batches.validation, 'stop');
    if (validation === 'cut short') return !this.ended;
    const epoch = this.epochs.length;
    const report: EpochReport = {
      epoch: epoch + 1,
      ...epochMeans(this.losses, this.accuracies, epoch, batches.stepsPerEpoch, batches.countedAt),
      valLoss: validation?.loss ?? null,
      valAccuracy: validation?.accuracy ?? null,
      ms: this.now() - this.epochAt,
    };
    this.epochs.push(report);
    this.epochAt = this.now();
    this.keptAt = this.epochAt;
    emit({ kind: 'epoch', report, validation, checkpoint: { state: settled.state, history: this.history() } });
    return true;
  }

  private async finish(reason: 'completed' | 'stopped'): Promise<void> {
    const { batches, emit } = this.options;
    const checkpoint = await this.settle();
    if (!checkpoint) return;
    const test = await this.evaluate(batches.test, 'abort');
    if (this.ended) return;
    emit({
      kind: 'finished',
      reason,
      test: test === 'cut short' ? null : test,
      checkpoint,
      msPerStep: this.pace.msPerStep,
    });
  }

  /**
   * Batch by batch, so that a pause or stop needn't wait for a long set, and the parts never depend on timing.
   * @param until the wish that cuts it short; `abort` always does.
   */
  private async evaluate(set: EvaluationSet, until: 'stop' | 'abort'): Promise<Evaluation | null | 'cut short'> {
    const parts: { evaluation: Evaluation; count: number }[] = [];
    let ms = 0;
    for (let i = 0; i < set.batchCount; i += 1) {
      const wish = await this.attend();
      if (wish === 'abort' || wish === until || wish === 'diverged') return 'cut short';
      const since = this.now();
      const evaluation = await this.options.program.evaluate([set.batch(i)]);
      ms += this.now() - since;
      parts.push({ evaluation, count: set.counted(i) });
    }
    if (parts.length === 0) return null;
    this.evaluationMs = ms / set.count;
    return joinEvaluations(parts);
  }

  /**
   * Ends the run: goes back to the mark, replays to the failing step and says where it fails.
   * @param suspect step whose loss is not finite, or, with finite losses, the one that would meet the broken weights.
   */
  private async diverge(suspect: number, lossFailed: boolean, path: string | null = null): Promise<false> {
    const { program, recipe, batches, learningRateAt, yieldToHost, emit } = this.options;
    const replayed = { program, batchAt: batches.batchAt, learningRateAt, yieldToHost };
    const { step, divergence }: Failing = await locateDivergence(replayed, this.marked, suspect, lossFailed, path);
    this.ended = true;
    this.losses.length = step;
    this.accuracies.length = step;
    this.tell();
    const state = await program.state();
    const lossBefore = this.losses.at(-1) ?? null;
    emit({
      kind: 'diverged',
      step: step + 1,
      divergence,
      problem: divergenceProblem(program.plan, recipe, divergence, step + 1, lossBefore),
      checkpoint: { state, history: this.history() },
    });
    return false;
  }
}
