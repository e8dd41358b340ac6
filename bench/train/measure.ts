import type { Repeated } from './contender';
import type { Effort } from './effort';
import type { Lane } from './lanes/lane';
import { interquartileRange, median } from './statistics';

/** ms of a block: as long as the product works between two readings. */
const BLOCK = 100;
/**
 * Repetitions in a block, and to warm up, at most: after a thousand steps on one batch the momenta of weights that no
 * longer matter have shrunk to denormals, which are slow everywhere.
 */
const LONGEST_BLOCK = 25;
const LONGEST_WARM_UP = 100;

/** ms of a first repetition beyond which there is no second one to warm up. */
const PATIENCE = 3000;
/** ms of a first repetition that is warm for nearly all of its time, so that it counts: there are minutes to spare. */
const LONG = 30_000;

export interface Timing {
  readonly ms: number;
  readonly spread: number;
  readonly blocks: number;
}

/** What came of a lane: a timing, or why there is none. */
export type Outcome = { readonly timing: Timing } | { readonly fault: string };

interface Entrant {
  readonly lane: Lane;
  /** Repetitions in a block. */
  readonly count: number;
  readonly rounds: number;
  /** Of the first steps, one by one. */
  readonly losses: number[];
  readonly times: number[];
}

const clamp = (value: number, least: number, most: number) => Math.min(most, Math.max(least, value));

async function warmUp(lane: Lane, what: Repeated, effort: Effort): Promise<Entrant> {
  const losses: number[] = [];
  let [repeated, spent, ms] = [0, 0, 0];
  do {
    const block = await lane.run(what, 1);
    if (block.loss !== null) losses.push(block.loss);
    ({ ms } = block);
    spent += ms;
    repeated += 1;
  } while ((spent < effort.warmUp && repeated < LONGEST_WARM_UP) || (repeated === 1 && spent < PATIENCE));
  if (ms > LONG) return { lane, count: 1, losses, times: [ms], rounds: effort.fewestRounds - 1 };
  const count = clamp(Math.round(BLOCK / ms), 1, LONGEST_BLOCK);
  const rounds = clamp(Math.floor(effort.budget / (ms * count)), effort.fewestRounds, effort.rounds);
  return { lane, count, losses, times: [], rounds };
}

/** Relative, of single precision's sums in another order. */
const SAME_LOSS = 1e-4;
/** Steps whose losses are compared: the second one's tells of gradients and of the optimizer. */
const COMPARED = 2;

/** Why an entrant is not doing what the first one does; `null` where it is. */
function difference(first: Entrant, other: Entrant): string | null {
  for (let i = 0; i < Math.min(COMPARED, first.losses.length, other.losses.length); i += 1) {
    const [expected, got] = [first.losses[i] ?? NaN, other.losses[i] ?? NaN];
    if (Math.abs(expected - got) <= SAME_LOSS * expected) continue;
    return `its loss at step ${i + 1} is ${got}, that of ${first.lane.engine} ${expected}: they don’t compute the same`;
  }
  return null;
}

/** Whether a lane that has `own` of so many rounds is on in one: its turns are spread evenly. */
const isOn = (round: number, own: number, rounds: number) =>
  Math.floor(((round + 1) * own) / rounds) > Math.floor((round * own) / rounds);

/** What `work` makes, or what went wrong. */
export async function tried<T>(work: () => Promise<T>): Promise<{ readonly value: T } | { readonly fault: string }> {
  try {
    return { value: await work() };
  } catch (error) {
    return { fault: error instanceof Error ? error.message : String(error) };
  }
}

/**
 * Times all lanes in turns, a block each, there and back, so that what else the machine does meets all alike.
 * A lane that can't do it, or computes something else than the first, has a fault instead of a timing.
 */
export async function measure(
  lanes: readonly Lane[],
  what: Repeated,
  effort: Effort,
): Promise<ReadonlyMap<Lane, Outcome>> {
  const faults = new Map<Lane, string>();
  const entrants: Entrant[] = [];
  const agree = () => {
    for (const entrant of entrants) {
      const fault = difference(entrants[0] ?? entrant, entrant);
      if (fault !== null) faults.set(entrant.lane, fault);
    }
  };
  for (const lane of lanes) {
    const warm = await tried(() => warmUp(lane, what, effort));
    if ('value' in warm) entrants.push(warm.value);
    else faults.set(lane, warm.fault);
  }
  agree();
  for (let round = 0; round < effort.rounds; round += 1) {
    const turn = entrants.filter(({ lane, rounds }) => !faults.has(lane) && isOn(round, rounds, effort.rounds));
    for (const { lane, count, losses, times } of round % 2 === 0 ? turn : turn.toReversed()) {
      const block = await tried(() => lane.run(what, count));
      if ('fault' in block) {
        faults.set(lane, block.fault);
        continue;
      }
      const { ms, loss } = block.value;
      times.push(ms);
      if (loss === null) continue;
      if (count === 1) losses.push(loss);
      if (!Number.isFinite(loss)) faults.set(lane, 'its loss is not finite');
    }
  }
  agree();
  const timed = entrants.map(({ lane, times }): [Lane, Outcome] => [
    lane,
    { timing: { ms: median(times), spread: interquartileRange(times), blocks: times.length } },
  ]);
  return new Map([...timed, ...[...faults].map(([lane, fault]): [Lane, Outcome] => [lane, { fault }])]);
}
