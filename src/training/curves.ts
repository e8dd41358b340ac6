import type { StepReport } from '@/engine/program';
import { epochMeans } from './history';
import type { EpochReport, RunHistory } from './protocol';

/** What a run's steps and epochs have given so far, and how many of the steps were told. */
export class Curves {
  readonly #losses: number[];
  readonly #accuracies: (number | null)[];
  readonly #epochs: EpochReport[];
  #told: number;

  constructor(before?: RunHistory) {
    this.#losses = [...(before?.losses ?? [])];
    this.#accuracies = [...(before?.accuracies ?? [])];
    this.#epochs = [...(before?.epochs ?? [])];
    this.#told = this.#losses.length;
  }

  /** Steps known. */
  get steps(): number {
    return this.#losses.length;
  }

  get epochs(): number {
    return this.#epochs.length;
  }

  get lastLoss(): number | null {
    return this.#losses.at(-1) ?? null;
  }

  addStep({ loss, correct, counted }: StepReport): void {
    this.#losses.push(loss);
    this.#accuracies.push(correct === null ? null : correct / counted);
  }

  /** Means over the epoch that is due. */
  epochMeans(stepsPerEpoch: number, countedAt: (step: number) => number): Pick<EpochReport, 'loss' | 'accuracy'> {
    return epochMeans(this.#losses, this.#accuracies, this.epochs, stepsPerEpoch, countedAt);
  }

  addEpoch(report: EpochReport): void {
    this.#epochs.push(report);
  }

  /** Forgets the steps after so many. */
  cut(steps: number): void {
    this.#losses.length = Math.min(steps, this.steps);
    this.#accuracies.length = this.steps;
  }

  /** The steps that were not told yet, which counts as telling them; `null` where there are none. */
  tell(): Pick<RunHistory, 'losses' | 'accuracies'> | null {
    if (this.#told >= this.steps) return null;
    const untold = { losses: this.#losses.slice(this.#told), accuracies: this.#accuracies.slice(this.#told) };
    this.#told = this.steps;
    return untold;
  }

  /** The first steps, and all epochs. */
  history(steps: number): RunHistory {
    return {
      losses: this.#losses.slice(0, steps),
      accuracies: this.#accuracies.slice(0, steps),
      epochs: [...this.#epochs],
    };
  }
}
