import type { Block } from './contender';
import type { Lane } from './lanes/lane';
import type { Engine, Row, Where } from './rows';

/** A lane that says what the test wants of it; `ran` lists its blocks, over all lanes that share it. */
export function laneOf(
  engine: Engine,
  run: (what: string, count: number) => Block,
  ran: { readonly engine: Engine; readonly count: number }[] = [],
): Lane {
  return {
    engine,
    where: 'node',
    detail: engine,
    params: 1,
    run: async (what, count) => {
      ran.push({ engine, count });
      return run(what, count);
    },
    peakBytes: async () => null,
    close: async () => undefined,
  };
}

export const rowOf = (engine: Engine, where: Where, ms: number, spread = 0, what: Row['what'] = 'step'): Row => ({
  net: 'lenet-5',
  batch: 64,
  engine,
  where,
  what,
  ms,
  spread,
  blocks: 5,
});
