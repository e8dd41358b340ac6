/** How much is measured. */
export interface Effort {
  /** Turns that each lane gets; one whose blocks take long gets as many as its time allows. */
  readonly rounds: number;
  readonly fewestRounds: number;
  /** ms in all that one lane may take for one thing measured, unless the fewest rounds take longer. */
  readonly budget: number;
  readonly warmUp: number;
  readonly epochs: number;
  /** Of the application. */
  readonly loads: number;
  /** ms during which frames are counted. */
  readonly watched: number;
}

export const full: Effort = {
  rounds: 30,
  fewestRounds: 3,
  budget: 8000,
  warmUp: 1000,
  epochs: 3,
  loads: 9,
  watched: 10_000,
};

export const quick: Effort = {
  rounds: 5,
  fewestRounds: 1,
  budget: 800,
  warmUp: 200,
  epochs: 1,
  loads: 3,
  watched: 4000,
};
