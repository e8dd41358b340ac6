import type { Block, Repeated } from '../contender';
import type { Engine, Where } from '../rows';

/** A contender elsewhere, in a process or a browser of its own, as the benchmark sees it. */
export interface Lane {
  readonly engine: Engine;
  readonly where: Where;
  readonly detail: string;
  readonly params: number;
  run(what: Repeated, count: number): Promise<Block>;
  /** Largest resident size so far of the processes that compute, whole; `null` where the system does not tell. */
  peakBytes(): Promise<number | null>;
  close(): Promise<void>;
}
