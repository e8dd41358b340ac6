import type { Problem } from '@/core/problem';
import { free } from '@/engine/backends/choose';
import type { Evaluation, Program, ProgramState } from '@/engine/program';
import type { Recipe } from '@/recipe/recipe';
import type { Batches, EvaluationSet } from './batches';
import type { RunControl, Wish } from './control';
import { Curves } from './curves';
import { brokenWeight, divergenceProblem, layerOfWeight } from './divergence';
import { evaluateSet } from './evaluations';
import { failure, movedOff, movedOn } from './failure';
import { createPace } from './pace';
import type { Checkpoint, EpochReport, RunInfo, TrainingEvent } from './protocol';
import { locateDivergence } from './replay';
import type { NextProgram } from './runBackends';
import { secondOpinion } from './secondOpinion';

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
  /** The caller's to free. Freed early when the run leaves it: freeing twice does no harm. */
  readonly program: Program;
  /** Where the run goes on when a program fails. */
  readonly next: NextProgram;
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
  /** Resolves, where it gives a promise, when the event has arrived. */
  readonly emit: (event: TrainingEvent) => void | Promise<void>;
  readonly resume?: Checkpoint;
}

/** Trains to the end, a stop, a divergence or the failure of the last backend; all of it is emitted. */
export async function train(options: TrainerOptions): Promise<void> {
  const trainer = new Trainer(options);
  try {
    await trainer.run();
  } finally {
    trainer.dispose();
  }
}

/** A loss or a weight is not finite. */
class NotFinite extends Error {
  /** @param suspect step whose loss is not finite, or, with finite losses, the one that would meet the broken weights. */
  constructor(
    readonly suspect: number,
    readonly lossFailed: boolean,
    readonly path: string | null = null,
  ) {
    super(`Not finite at step ${suspect}`);
  }
}

class Trainer {
  private program: Program;
  private readonly curves: Curves;
  /** Steps handed to the program. */
  private step: number;
  /** Steps that the program answered for; fewer than the curves know while another backend catches up. */
  private answered: number;
  /** Step of the program's mark: weights known to be finite. */
  private marked: number;
  /** The last state taken off the device; `null`: the initial weights. */
  private kept: ProgramState | null;

  private pace = createPace();
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
    const { program, resume, clock } = options;
    this.program = program;
    this.curves = new Curves(resume?.history);
    this.kept = resume?.state ?? null;
    this.step = this.answered = this.marked = this.curves.steps;
    this.yieldedAt = this.blockAt = this.epochAt = this.keptAt = clock();
  }

  async run(): Promise<void> {
    const { info, emit } = this.options;
    void emit({ kind: 'started', info, step: this.step });
    for (;;) {
      try {
        return await this.advance();
      } catch (error) {
        if (!(await this.recover(error))) return;
      }
    }
  }

  dispose(): void {
    if (this.program !== this.options.program) free(this.program);
  }

  /** From the kept state to the end or a stop: steps, validations, checkpoints. */
  private async advance(): Promise<void> {
    const { batches, info, learningRateAt, emit } = this.options;
    const restored = this.kept ? this.program.restore(this.kept) : null;
    if (restored?.ok === false) return emit({ kind: 'failed', problem: restored.error });
    this.program.mark();
    for (;;) {
      const wish = await this.attend();
      const epochDue = this.curves.epochs < Math.floor(this.step / batches.stepsPerEpoch);
      if (this.step >= info.totalSteps && !epochDue) return this.finish('completed');
      if (wish !== 'go') return this.finish('stopped');
      if (epochDue) {
        await this.endEpoch();
        continue;
      }
      if (this.step === this.answered) this.blockAt = this.now();
      this.program.step(batches.batchAt(this.step), learningRateAt(this.step));
      this.step += 1;
      const boundary = this.step % batches.stepsPerEpoch === 0;
      if (boundary || this.pace.due(this.now() - this.blockAt, this.step - this.answered)) await this.read();
      if (!boundary && this.now() - this.keptAt >= Math.max(KEEP_EVERY, KEEP_SHARE * this.keepMs)) await this.keep();
    }
  }

  /** Milliseconds spent working: pauses are left out. */
  private now(): number {
    return this.options.clock() - this.pausedMs;
  }

  /** At a boundary between steps: lets messages in and holds the run while it is paused. */
  private async attend(): Promise<'go' | 'stop' | 'abort'> {
    const { control, clock, yieldToHost, emit } = this.options;
    if (clock() - this.yieldedAt >= YIELD_EVERY) {
      await yieldToHost();
      this.yieldedAt = clock();
    }
    for (;;) {
      const wish = control.wish;
      if (wish !== 'pause') return wish;
      void emit({ kind: 'paused', checkpoint: await this.settle() });
      const since = clock();
      await control.released();
      this.pausedMs += clock() - since;
      if (this.wishes('go')) void emit({ kind: 'resumed' });
    }
  }

  private wishes(wish: Wish): boolean {
    return this.options.control.wish === wish;
  }

  /** Takes in the reports of all steps handed over. */
  private async read(): Promise<void> {
    const { program, curves } = this;
    const reports = await program.read();
    if (this.answered + reports.length !== this.step) {
      throw new Error(`${this.step - this.answered} steps were taken, and ${reports.length} losses came back`);
    }
    for (const report of reports) {
      if (!Number.isFinite(report.loss)) throw new NotFinite(this.answered, true);
      if (this.answered === curves.steps) curves.addStep(report);
      this.answered += 1;
    }
    if (reports.length > 0) this.pace.add(this.now() - this.blockAt, reports.length);
    if (this.now() - this.lookedAt >= LOOK_SHARE * this.lookMs) {
      const since = this.now();
      this.look(await program.weights());
      this.lookedAt = this.now();
      this.lookMs = this.lookedAt - since;
    }
    if (this.now() - this.toldAt >= TELL_EVERY) this.tell();
  }

  /** Marks weights that are finite. A loss says so only of the weights before its step's update. */
  private look(weights: Readonly<Record<string, Float32Array>>): void {
    const { program } = this;
    const broken = brokenWeight(weights);
    if (broken !== null) throw new NotFinite(this.step, false, layerOfWeight(program.plan, broken));
    program.mark();
    this.marked = this.step;
  }

  /** A checkpoint of now, with all that was read told. */
  private async settle(): Promise<Checkpoint> {
    if (this.step > this.answered) await this.read();
    const state = await this.program.state();
    this.look(state.weights);
    this.kept = state;
    this.tell();
    return this.checkpoint(state);
  }

  private checkpoint(state: ProgramState): Checkpoint {
    return { state, history: this.curves.history(state.step) };
  }

  /** Hands out a checkpoint within an epoch. */
  private async keep(): Promise<void> {
    const since = this.now();
    void this.options.emit({ kind: 'checkpoint', checkpoint: await this.settle() });
    this.keptAt = this.now();
    this.keepMs = this.keptAt - since;
  }

  private tell(): void {
    const { learningRateAt, emit } = this.options;
    const { curves, answered } = this;
    const known = curves.steps;
    if (answered < known) {
      this.preparing(`Catching up on ${this.program.backend}: step ${answered} of ${known}`);
      this.toldAt = this.now();
      return;
    }
    const steps = curves.tell();
    if (!steps) return;
    const rates = { learningRate: learningRateAt(known - 1), msPerStep: this.pace.msPerStep, msLeft: this.msLeft() };
    void emit({ kind: 'steps', step: known, ...steps, ...rates });
    this.toldAt = this.now();
  }

  private preparing(what: string): void {
    void this.options.emit({ kind: 'preparing', what, share: null });
  }

  private msLeft(): number {
    const { batches, info } = this.options;
    const epochsLeft = Math.max(0, Math.ceil(info.totalSteps / batches.stepsPerEpoch) - this.curves.epochs);
    const examples = epochsLeft * batches.validation.count + batches.test.count;
    // A step is about three forward passes, until an evaluation was measured.
    const each = this.evaluationMs ?? this.pace.msPerStep / batches.batchSize / 3;
    return (info.totalSteps - this.curves.steps) * this.pace.msPerStep + examples * each;
  }

  /** Validates and reports, unless a stop comes in between, which the loop sees. */
  private async endEpoch(): Promise<void> {
    const { batches, emit } = this.options;
    const { state } = await this.settle();
    const validation = await this.evaluate(batches.validation, 'stop');
    if (validation === 'cut short') return;
    const report: EpochReport = {
      epoch: this.curves.epochs + 1,
      ...this.curves.epochMeans(batches.stepsPerEpoch, batches.countedAt),
      valLoss: validation?.loss ?? null,
      valAccuracy: validation?.accuracy ?? null,
      ms: this.now() - this.epochAt,
    };
    this.curves.addEpoch(report);
    this.epochAt = this.now();
    this.keptAt = this.epochAt;
    // Small networks end hundreds of epochs a second: no more than whoever listens takes in.
    await emit({ kind: 'epoch', report, validation, checkpoint: this.checkpoint(state) });
  }

  private async finish(reason: 'completed' | 'stopped'): Promise<void> {
    const checkpoint = await this.settle();
    const test = await this.evaluate(this.options.batches.test, 'abort');
    void this.options.emit({
      kind: 'finished',
      reason,
      test: test === 'cut short' ? null : test,
      checkpoint,
      msPerStep: this.pace.msPerStep,
    });
  }

  /** @param until the wish that cuts it short; `abort` always does. */
  private async evaluate(set: EvaluationSet, until: 'stop' | 'abort'): Promise<Evaluation | null | 'cut short'> {
    const goOn = async (): Promise<boolean> => {
      const wish = await this.attend();
      return wish !== 'abort' && wish !== until;
    };
    const evaluated = await evaluateSet(this.program, set, goOn, () => this.now());
    if (evaluated === 'cut short') return evaluated;
    if (evaluated === 'empty') return null;
    this.evaluationMs = evaluated.msPerExample;
    return evaluated.evaluation;
  }

  /** After an error: whether the run goes on. Where it does not, that was told. */
  private async recover(error: unknown): Promise<boolean> {
    try {
      if (error instanceof NotFinite) return await this.diverge(error);
    } catch (lost) {
      return this.fallOver(lost);
    }
    return this.fallOver(error);
  }

  /** Goes on from the kept state with the next backend. */
  private async fallOver(error: unknown): Promise<boolean> {
    const { program: left, curves } = this;
    const cause = failure(error, left.backend);
    free(left);
    const program = await this.options.next((what) => this.preparing(what));
    if (program) {
      this.goOnWith(program, movedOn(cause, left.backend, program.backend, curves.steps, this.kept?.step ?? 0));
    } else {
      void this.options.emit({ kind: 'failed', problem: cause });
    }
    return program !== null;
  }

  private goOnWith(program: Program, problem: Problem): void {
    const from = this.program.backend;
    this.program = program;
    this.step = this.answered = this.marked = this.kept?.step ?? 0;
    this.pace = createPace();
    this.evaluationMs = null;
    this.keptAt = this.now();
    void this.options.emit({ kind: 'moved', move: { from, to: program.backend, step: this.step, problem } });
  }

  /**
   * Goes back to the mark, replays to the failing step and says where it fails, which ends the run. Where another
   * backend stays finite in that step the fault is this one's, and the run goes on there.
   */
  private async diverge({ suspect, lossFailed, path }: NotFinite): Promise<boolean> {
    const { program, curves } = this;
    const { recipe, batches, learningRateAt, clock, yieldToHost, control, next, emit } = this.options;
    const replayed = { program, batchAt: batches.batchAt, learningRateAt, yieldToHost };
    const { step, divergence } = await locateDivergence(replayed, this.marked, suspect, lossFailed, path);
    const state = await program.state();
    const failing = { state, batchAt: batches.batchAt, learningRateAt, clock, yieldToHost, signal: control.signal };
    const other = await secondOpinion(next, failing, (what) => this.preparing(what));
    if (other) {
      this.kept = state;
      this.goOnWith(other, movedOff(program.backend, other.backend, step + 1));
      free(program);
      return true;
    }
    curves.cut(step);
    this.answered = step;
    this.tell();
    const problem = divergenceProblem(program.plan, recipe, divergence, step + 1, curves.lastLoss);
    void emit({ kind: 'diverged', step: step + 1, divergence, problem, checkpoint: this.checkpoint(state) });
    return false;
  }
}
