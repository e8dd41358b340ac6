import type { Block, Opened, Repeated } from '../contender';
import type { Engine, Where } from '../rows';

/** A contender elsewhere, in a process or a browser of its own, as the benchmark sees it. */
export interface Lane extends Opened {
  readonly engine: Engine;
  readonly where: Where;
  run(what: Repeated, count: number): Promise<Block>;
  /** Largest resident size so far of the processes that compute, whole; `null` where the system does not tell. */
  peakBytes(): Promise<number | null>;
  close(): Promise<void>;
}
